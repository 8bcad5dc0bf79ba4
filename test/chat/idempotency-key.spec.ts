import fc from 'fast-check';
import { IdempotencyKey } from '../../src/chat/idempotency-key.js';

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 255,
});
const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;

describe('IdempotencyKey', () => {
  it('should take every visible ASCII value, and the quoted spelling of it for the same key', () => {
    fc.assert(
      fc.property(visible, (value) => {
        expect(IdempotencyKey.parse(quote(value)).value).toBe(value);
        if (!value.startsWith('"')) {
          expect(IdempotencyKey.parse(value).value).toBe(value);
        }
      }),
    );
  });

  it('should refuse values with anything else in them', () => {
    const foreign = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((value) => /[^\x21-\x7E]/.test(value));
    fc.assert(
      fc.property(visible, foreign, (prefix, value) => {
        expect(() => IdempotencyKey.parse(prefix + value)).toThrow('visible ASCII');
        expect(() => IdempotencyKey.parse(quote(prefix + value))).toThrow('visible ASCII');
      }),
    );
  });

  it('should fingerprint equal messages alike and different ones differently', () => {
    const key = IdempotencyKey.parse('key');
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(key.digest(one).equals(key.digest(other))).toBe(one === other);
      }),
    );
  });
});
