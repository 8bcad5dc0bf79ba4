import { EventReader, expectWholeStream } from '../support/event-reader.js';
import { answer, hang, status, type Fault, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const WORDS = 'bad1 bad2 bad3 bad4 bad5';
const GOOD = 'good1 good2 good3';
const APOLOGY = 'Sorry, not now.';
const TIMEOUT_SECONDS = 2;

interface Case {
  readonly script: ModelScript | 'refused';
  /** Whether the model has spoken before it fails: then its words are the reply, and no other is asked. */
  readonly hasSpoken: boolean;
}

const silent = (script: Case['script']): Case => ({ script, hasSpoken: false });
const spoken = (script: ModelScript): Case => ({ script, hasSpoken: true });
const faulty = (kind: Fault['kind'], afterDeltas: number): Case => ({
  script: answer(WORDS, { fault: { kind, afterDeltas } }),
  hasSpoken: afterDeltas > 0,
});

const CASES: Readonly<Record<string, Case>> = {
  'no connection': silent('refused'),
  'a rate limit with Retry-After': silent(status(429, 30)),
  'a server error': silent(status(500)),
  'no answer at all': silent(hang()),
  'an empty answer': silent(answer('')),
  'a cut before the first word': faulty('cut', 0),
  'a cut after some words': faulty('cut', 3),
  'silence after some words': faulty('stall', 3),
  'a malformed frame': faulty('malformed', 2),
  'far more than was asked for': spoken(answer('bad '.repeat(100_000), { wordsPerDelta: 1_000 })),
  'a word now and then': spoken(answer('bad '.repeat(50), { deltaDelayMs: 150 })),
};

const CHAINS = ['one model', 'two models'] as const;

describe.each(CHAINS)('A fault of the first of %s', (chain) => {
  let model: ModelServer;
  let database: TestDatabase;
  let refusedUrl: string;

  beforeAll(async () => {
    const gone = await ModelServer.start();
    refusedUrl = gone.url;
    await gone.close();
    model = await ModelServer.start({ isRecording: false });
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await database.drop();
    await model.close();
  });

  /** A service of its own for each fault: a model that has failed is left alone for a while. */
  const startWith = (script: Case['script']): Promise<TestService> => {
    model.respondWith(({ model: name }) => (name === 'good' || script === 'refused' ? answer(GOOD) : script));
    return startTestService({
      database,
      settings: {
        AI_MODELS: chain === 'one model' ? 'compatible:bad' : 'compatible:bad,openai:good',
        COMPATIBLE_BASE_URL: script === 'refused' ? refusedUrl : model.url,
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: 'key',
        AI_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
        AI_FALLBACK_MESSAGE: APOLOGY,
      },
    });
  };

  const expectReply = (outcome: string | undefined, text: string | undefined, hasSpoken: boolean): void => {
    if (hasSpoken) {
      expect(outcome).toBe('interrupted');
      expect(text).toMatch(/^(bad\d?\s?)+$/);
    } else if (chain === 'two models') {
      expect([outcome, text]).toEqual(['answered', GOOD]);
    } else {
      expect([outcome, text]).toEqual(['fallback', APOLOGY]);
    }
  };

  it.each(Object.keys(CASES))('should end each turn once, with one model’s words: %s', async (name) => {
    const { script, hasSpoken } = CASES[name]!;
    const service = await startWith(script);
    try {
      const { token } = await service.api.signIn();
      const [plain, events] = await Promise.all([
        service.api.send(token, 'Plainly'),
        EventReader.open(service.url, token, { message: 'As a stream' }).then((stream) => stream.toEnd()),
      ]);
      expectReply(plain.body.outcome, plain.body.response, hasSpoken);
      expectWholeStream(events);
      const end = events.at(-1)!.data;
      expectReply(end.outcome, end.response, hasSpoken);
      const { body } = await service.api.history(token);
      expect(
        body.messages.map(({ message, response, outcome }) => [message, response, outcome]).sort(),
      ).toEqual([
        ['As a stream', end.response, end.outcome],
        ['Plainly', plain.body.response, plain.body.outcome],
      ]);
      expect((await service.api.call('GET', '/livez')).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
