import fc from 'fast-check';
import { parseJsonBody } from '../../src/common/http/json-body.js';
import { Problem } from '../../src/common/problem/problem.js';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseJsonBody', () => {
  it('should read whatever JSON.stringify writes, as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('should name a repeated key wherever it stands', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (key, first, second) => {
        const name = JSON.stringify(key);
        const text = `{"outer":[{${name}:${JSON.stringify(first)},${name}:${JSON.stringify(second)}}]}`;
        expect(problemOf(() => parse(text)).errors).toContainEqual({
          field: `outer.0.${key}`,
          message: 'must not appear more than once',
        });
      }),
    );
  });

  it('should notice a repeated key behind different escapes', () => {
    expect(problemOf(() => parse('{"a":1,"\\u0061":2}')).code).toBe('validation_failed');
  });

  it('should never throw anything but a problem, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseJsonBody(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });

  it('should not quote the body in what it says', () => {
    expect(problemOf(() => parse('{"email":"someone@example.com"')).message).not.toContain('someone');
  });
});
