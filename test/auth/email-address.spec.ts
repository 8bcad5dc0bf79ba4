import fc from 'fast-check';
import { hashEmail, isEmailAddress, normaliseEmail } from '../../src/auth/email-address.js';

const octets = (text: string, count: number): string => text.repeat(count);
const LONG_DOMAIN = `${octets('d', 61)}.${octets('e', 61)}.${octets('f', 61)}.com`;

describe('normaliseEmail', () => {
  it.each([
    ['letter case', 'Visitor@Example.COM', 'visitor@example.com'],
    ['white space around it', ' \t\u00a0\u3000visitor@example.com\r\n\ufeff', 'visitor@example.com'],
    ['Unicode composition', 'zoe\u0308@example.com', 'zo\u00eb@example.com'],
    ['Unicode letter case', 'ZO\u00cb@EXAMPLE.COM', 'zo\u00eb@example.com'],
    ['an international domain', 'a@M\u00fcnchen.example', 'a@xn--mnchen-3ya.example'],
    ['the same, decomposed', 'a@mu\u0308nchen.example', 'a@xn--mnchen-3ya.example'],
    ['the same, in ASCII', 'a@XN--MNCHEN-3YA.example', 'a@xn--mnchen-3ya.example'],
    [
      'Cyrillic',
      '\u0418\u041c\u042f@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444',
      '\u0438\u043c\u044f@xn--80a1acny.xn--p1ai',
    ],
    ['what follows a plus', 'visitor+chat@example.com', 'visitor+chat@example.com'],
  ])('should see through %s', (_name, address, expected) => {
    expect(normaliseEmail(address)).toBe(expected);
  });

  it('should find nothing left to do in what it made', () => {
    const address = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.domain())
      .map(([local, domain]) => `${local}@${domain}`);
    fc.assert(
      fc.property(
        fc.oneof(
          address,
          fc.string({ unit: 'grapheme' }).map((text) => `a@${text}`),
        ),
        (text) => {
          fc.pre(isEmailAddress(text.trim()));
          expect(normaliseEmail(normaliseEmail(text))).toBe(normaliseEmail(text));
        },
      ),
    );
  });

  it('should keep the hash of a plain address', () => {
    // HMAC-SHA-256 of "email:visitor@example.com"; sessions that are stored hang on it.
    expect(hashEmail(' Visitor@Example.com', 'key')).toBe(
      'a40cbc2847d838d0298e7d10880ff2af6494b14c00c1164684d48ceabdf9aa0f',
    );
  });
});

describe('isEmailAddress', () => {
  it.each([
    ['a plain one', 'visitor@example.com'],
    ['a local part of 64 octets', `${octets('a', 64)}@example.com`],
    ['a local part of 64 octets in 32 letters', `${octets('\u00e9', 32)}@example.com`],
    ['254 octets', `${octets('a', 64)}@${LONG_DOMAIN}`],
    ['an international domain', 'a@m\u00fcnchen.example'],
    ['one with signs', "o'neil+chat!#$%&*/=?^_`{|}~-@example.com"],
  ])('should take %s', (_name, address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    ['a local part of 65 octets', `${octets('a', 65)}@example.com`],
    ['a local part of 66 octets in 33 letters', `${octets('\u00e9', 33)}@example.com`],
    ['255 octets', `${octets('a', 64)}@a${LONG_DOMAIN}`],
    ['a domain that is too long in ASCII', `a@${octets('\u00fc', 60)}.${octets('\u00fc', 60)}.example`],
    ['a control character', 'visi\u0007tor@example.com'],
    ['a line break', 'visitor@example.com\r\nBcc: other@example.com'],
    ['a zero width space', 'visi\u200btor@example.com'],
    ['a zero width joiner in the domain', 'visitor@exam\u200dple.com'],
    ['a direction mark', 'visi\u202etor@example.com'],
    ['a soft hyphen', 'visi\u00adtor@example.com'],
    ['a lone surrogate', 'visitor\ud800@example.com'],
    ['a quoted local part', '"visitor"@example.com'],
    ['a quoted second address', '"other@example.org visitor"@example.com'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['a percent sign in the domain', 'visitor@ex%41mple.com'],
    ['the same in an international domain', 'visitor@m\u00fcn%41.example'],
    ['an address as the domain', 'visitor@[127.0.0.1]'],
    ['no domain', 'visitor@'],
    ['a domain without a dot', 'visitor@localhost'],
    ['nothing', ''],
  ])('should refuse %s', (_name, address) => {
    expect(isEmailAddress(address)).toBe(false);
  });
});
