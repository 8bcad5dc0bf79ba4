import { MailSeal } from '../../src/auth/verification/mail-seal.js';
import { testConfiguration } from '../support/test-configuration.js';

const MAIL = { email: 'visitor@example.com', code: '40718236' };

describe('MailSeal', () => {
  const seal = new MailSeal(testConfiguration());

  it('should give back what it sealed, and show nothing of it', () => {
    const sealed = seal.seal('id', MAIL);
    expect(seal.open('id', sealed)).toEqual(MAIL);
    expect(sealed.toString('latin1')).not.toMatch(/visitor|example|40718236/);
    expect(seal.seal('id', MAIL)).not.toEqual(sealed);
  });

  it('should refuse what was sealed for another code, with another key, or changed', () => {
    const sealed = seal.seal('id', MAIL);
    const changed = Buffer.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    const other = new MailSeal(testConfiguration({ EMAIL_HASH_KEY: 'another-key-another-key-another-key' }));
    expect(() => seal.open('other id', sealed)).toThrow();
    expect(() => other.open('id', sealed)).toThrow();
    expect(() => seal.open('id', changed)).toThrow();
    expect(() => seal.open('id', sealed.subarray(0, 20))).toThrow();
  });
});
