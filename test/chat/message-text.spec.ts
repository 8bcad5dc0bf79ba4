import fc from 'fast-check';
import { codePointLength } from '../../src/chat/message-text.js';

describe('codePointLength', () => {
  it('should count what iterating over the string yields', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codePointLength(text)).toBe(Array.from(text).length);
      }),
    );
  });
});
