import { ModelFailure } from '../../src/ai/model-failure.js';

function errorWith(facts: object): Error {
  return Object.assign(new Error('quotes the conversation'), facts);
}

describe('ModelFailure.of', () => {
  it.each([
    ['a reset connection', errorWith({ code: 'ECONNRESET' }), 'unreachable'],
    [
      'a connection error inside another',
      errorWith({ cause: errorWith({ code: 'UND_ERR_SOCKET' }) }),
      'unreachable',
    ],
    [
      'what the SDK takes for a lost connection',
      errorWith({ name: 'AI_APICallError', isRetryable: true }),
      'unreachable',
    ],
    ['an answer that cannot be read', errorWith({ name: 'AI_APICallError', statusCode: 200 }), 'malformed'],
    ['a broken frame', errorWith({ name: 'AI_JSONParseError' }), 'malformed'],
    ['a frame of another shape', errorWith({ name: 'AI_TypeValidationError' }), 'malformed'],
    ['words in the place of an error', 'overloaded', 'unavailable'],
    ['nothing', undefined, 'unavailable'],
    ['a fault of our own', errorWith({ code: 'ERR_INVALID_URL' }), 'unexpected'],
    ['a conflict', errorWith({ statusCode: 409 }), 'unavailable'],
    ['a request that is too long', errorWith({ statusCode: 413 }), 'misconfigured'],
  ])('recognises %s', (_, error, reason) => {
    expect(ModelFailure.of(error).reason).toBe(reason);
  });

  it('keeps nothing of the error', () => {
    const failure = ModelFailure.of(errorWith({ statusCode: 500, responseBody: 'quotes the key' }));

    expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain('quotes');
    expect(failure.cause).toBeUndefined();
  });

  it('leaves a failure as it is', () => {
    const failure = new ModelFailure('empty');

    expect(ModelFailure.of(failure)).toBe(failure);
  });
});
