import fc from 'fast-check';
import { foldedEmail, foldedMessage } from '../../../src/security/bots/folded-text.js';

describe('What is read of a body before it was validated', () => {
  it('should be a text or nothing, whatever the body is', () => {
    const field = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    const body = fc.oneof(field, fc.record({ email: field, message: field }));
    fc.assert(
      fc.property(body, (value) => {
        for (const folded of [foldedEmail(value), foldedMessage(value, 4_000)]) {
          expect(['string', 'undefined']).toContain(typeof folded);
        }
      }),
    );
  });

  it('should be one spelling per mailbox', () => {
    expect(foldedEmail({ email: '  Zoe\u0308@Example.COM ' })).toBe('zo\u00eb@example.com');
    expect(foldedEmail({ email: `${'a'.repeat(250)}@b.co` })).toBeUndefined();
  });

  it('should see through letter case and white space of a message', () => {
    const text = 'buy cheap watches at our shop';
    for (const message of [text, ` ${text}\n`, 'Buy CHEAP watches\t\tat  our shop']) {
      expect(foldedMessage({ message }, 4_000)).toBe(text);
    }
  });

  it('should leave out short texts and those too long to be accepted', () => {
    expect(foldedMessage({ message: 'x'.repeat(19) }, 100)).toBeUndefined();
    expect(foldedMessage({ message: `  ${'x'.repeat(19)}  ` }, 100)).toBeUndefined();
    expect(foldedMessage({ message: 'x'.repeat(20) }, 100)).toHaveLength(20);
    expect(foldedMessage({ message: '😀'.repeat(100) }, 100)).toHaveLength(200);
    expect(foldedMessage({ message: '😀'.repeat(101) }, 100)).toBeUndefined();
  });
});
