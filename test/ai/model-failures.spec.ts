import { setImmediate as nextTurn } from 'node:timers/promises';
import { answer, hang, status, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, FALLBACK, KEY, hear, serviceAt } from './ai-under-test.js';

const SECRET_WORDS = 'my password is swordfish';

const FAULTS: readonly [string, ModelScript, object][] = [
  ['a server error', status(500), { kind: 'retryable', reason: 'unavailable', status: 500 }],
  ['an overloaded server', status(503, 1), { kind: 'retryable', reason: 'unavailable', status: 503 }],
  ['a rate limit', status(429, 30), { kind: 'retryable', reason: 'rate_limited', status: 429 }],
  ['a bad request', status(400), { kind: 'misconfigured', reason: 'misconfigured', status: 400 }],
  ['a bad key', status(401), { kind: 'misconfigured', reason: 'misconfigured', status: 401 }],
  ['a forbidden model', status(403), { kind: 'misconfigured', reason: 'misconfigured', status: 403 }],
  ['an unknown model', status(404), { kind: 'misconfigured', reason: 'misconfigured', status: 404 }],
  ['a request time-out', status(408), { kind: 'retryable', reason: 'unavailable', status: 408 }],
  ['a model that hangs', hang(), { kind: 'retryable', reason: 'timed_out' }],
  ['a broken frame', faulty('malformed'), { kind: 'retryable', reason: 'malformed' }],
  ['a stream without an end', faulty('end'), { kind: 'retryable', reason: 'malformed' }],
  ['a cut connection', faulty('cut'), { kind: 'retryable', reason: 'unreachable' }],
  ['an empty answer', answer(''), { kind: 'retryable', reason: 'empty' }],
  ['an answer of blanks', answer(' \n '), { kind: 'retryable', reason: 'empty' }],
  [
    'a content filter',
    answer('', { finishReason: 'content_filter' }),
    { kind: 'refused', reason: 'refused' },
  ],
];

function faulty(kind: 'malformed' | 'end' | 'cut' | 'error'): ModelScript {
  return answer('never heard', { fault: { kind, afterDeltas: 0 } });
}

describe.each(['compatible', 'openai'])('a %s model that fails before its first word', (provider) => {
  let server: ModelServer;
  let log: CapturedLog;

  beforeAll(async () => {
    server = await ModelServer.start();
  });

  beforeEach(() => {
    log = CapturedLog.install();
  });

  afterAll(() => server.close());

  function service() {
    return serviceAt(server.url, [`${provider}:m`]);
  }

  /** As many models as calls are made for a reply, so that none is asked again after a pause. */
  function threeModels(timeoutMs = 10_000) {
    return serviceAt(server.url, Array<string>(3).fill(`${provider}:m`), { timeoutMs });
  }

  it.each(FAULTS)('is told apart, and logged once a call: %s', async (_, script, facts) => {
    server.respondWith(script);

    const { deltas, reply } = await hear(threeModels(script.kind === 'hang' ? 200 : 10_000));

    expect(deltas).toEqual([FALLBACK]);
    expect(reply).toMatchObject({ outcome: 'fallback', model: null, attempts: 3 });
    expect(reply.usage).toEqual({ promptTokens: null, completionTokens: null });
    expect(log.failures).toHaveLength(3);
    for (const failure of log.failures) {
      expect(failure).toEqual({
        msg: 'model call failed',
        model: `${provider}:m`,
        status: undefined,
        ...facts,
        duration_ms: expect.any(Number) as number,
      });
    }
  });

  it.each([
    ['a server error', 3, status(500)],
    ['a broken frame', 3, faulty('malformed')],
    ['a pause that is soon over', 3, status(429, 0)],
    ['a pause that is longer than the time left', 1, status(429, 30)],
    ['a bad key', 1, status(401)],
    ['a bad request', 1, status(400)],
    ['a content filter', 1, answer('', { finishReason: 'content_filter' })],
  ])('is asked again, but not often, where that can help: %s', async (name, calls, script) => {
    server.respondWith(script);

    const { reply } = await hear(service(), { message: `${name}, ${provider}` });

    expect(server.callsFor(`${name}, ${provider}`)).toBe(calls);
    expect(reply.attempts).toBe(calls);
  });

  it('takes an error sent in the stream for a failure', async () => {
    server.respondWith(faulty('error'));

    await hear(service());

    expect(new Set(log.reasons)).toEqual(new Set(['unavailable']));
  });

  it('tells an unreachable server', async () => {
    const gone = await ModelServer.start();
    const url = gone.url;
    await gone.close();

    const { reply } = await hear(serviceAt(url, [`${provider}:m`]));

    expect(reply.outcome).toBe('fallback');
    expect(new Set(log.reasons)).toEqual(new Set(['unreachable']));
  });

  it('is an error for the operator where only a setting can help, else a warning', async () => {
    server.respondWith(status(401));
    await hear(service());
    server.respondWith(status(429, 30));
    await hear(service());

    expect(log.failureLevels).toEqual(['error', 'warn']);
  });

  it('leaves nothing of the conversation, the key or the provider in the log, nor anything on the console', async () => {
    const printed: unknown[] = [];
    const spies = (['log', 'info', 'warn', 'error'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((...words: unknown[]) => void printed.push(words)),
    );
    const emitWarning = jest
      .spyOn(process, 'emitWarning')
      .mockImplementation((warning) => void printed.push(warning));
    try {
      for (const [, script] of FAULTS.filter(([, { kind }]) => kind !== 'hang')) {
        server.respondWith(script);
        await hear(threeModels(), { message: SECRET_WORDS });
      }
      // A reasoning model takes no temperature, of which the SDK would warn.
      server.respondWith(answer('fine'));
      await hear(serviceAt(server.url, [`${provider}:o3-mini`]));
      await nextTurn();
    } finally {
      for (const spy of [...spies, emitWarning]) {
        spy.mockRestore();
      }
    }

    expect(printed).toEqual([]);
    const logged = JSON.stringify(log.entries);
    expect(logged).not.toMatch(
      new RegExp(`${SECRET_WORDS}|${KEY}|Incorrect API key|Failed with|You are a test`),
    );
  });
});
