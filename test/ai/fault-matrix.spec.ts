import { answer, hang, status, type Fault, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, FALLBACK, hear, serviceAt, type HeardReply } from './ai-under-test.js';

const TIMEOUT_MS = 1_000;
/** What a busy machine may add. */
const TOLERANCE_MS = 1_500;
const WORDS = 'bad1 bad2 bad3 bad4 bad5';
const KILOBYTE = `${'x'.repeat(1_023)} `;

/** What becomes of a turn whose first model does this. */
interface Case {
  readonly script: ModelScript | 'refused';
  /** Whether it has spoken before: then its words are the reply, else the next model is asked. */
  readonly spoke?: true;
  /** Default: {@link TIMEOUT_MS}. Ten megabytes take their time to be written, and that is not the matter here. */
  readonly timeoutMs?: number;
}

const PLENTY_MS = 30_000;

const CASES: Readonly<Record<string, Case>> = {
  'no connection': { script: 'refused' },
  'no answer': { script: hang() },
  'a server error': { script: status(500) },
  'an overloaded server that names a second': { script: status(503, 1) },
  'a rate limit that names a second': { script: status(429, 1) },
  'a rate limit that names a minute': { script: status(429, 60) },
  'a rate limit without a time': { script: status(429) },
  'a bad key': { script: status(401) },
  'an unknown model': { script: status(404) },
  'a refused request': { script: status(400) },
  'a refused answer': { script: answer('', { finishReason: 'content_filter' }) },
  'an empty answer': { script: answer('') },
  'an answer of blanks': { script: answer(' \n'.repeat(50)) },
  'a broken frame at once': faulty('malformed', 0),
  'a cut at once': faulty('cut', 0),
  'silence at once': faulty('stall', 0),
  'an end without a reason at once': faulty('end', 0),
  'an error frame at once': faulty('error', 0),
  'a broken frame': faulty('malformed', 3),
  'a cut after one word': faulty('cut', 1),
  'a cut before the last word': faulty('cut', 4),
  silence: faulty('stall', 3),
  'an end without a reason': faulty('end', 3),
  'an error frame': faulty('error', 3),
  'a filter in the middle': { script: answer(WORDS, { finishReason: 'content_filter' }), spoke: true },
  'a letter now and then': { script: answer('b a d b a d b a d', { deltaDelayMs: 150 }), spoke: true },
  'ten megabytes': { script: answer(KILOBYTE.repeat(10_000)), spoke: true, timeoutMs: PLENTY_MS },
  'ten megabytes in one piece': { script: answer('x'.repeat(10_000_000)), spoke: true, timeoutMs: PLENTY_MS },
  'ten megabytes of nothing': { script: answer('\n'.repeat(10_000_000)), timeoutMs: PLENTY_MS },
};

function faulty(kind: Fault['kind'], afterDeltas: number): Case {
  const script = answer(WORDS, { fault: { kind, afterDeltas } });
  return afterDeltas === 0 ? { script } : { script, spoke: true };
}

const NAMES = Object.keys(CASES);
const chains = ['the only model', 'the first of two', 'both models'] as const;

describe('every fault, in every chain', () => {
  let server: ModelServer;
  let refusedUrl: string;
  const heard = new Map<string, HeardReply>();

  /** The models are called like the fault they have; `good` has none. */
  async function hearChain(name: string, chain: (typeof chains)[number]): Promise<void> {
    const bad = `compatible:${NAMES.indexOf(name)}`;
    const models = {
      'the only model': [bad],
      'the first of two': [bad, 'openai:good'],
      'both models': [bad, bad],
    };
    const baseUrl = CASES[name]!.script === 'refused' ? refusedUrl : server.url;
    const service = serviceAt(server.url, models[chain], {
      timeoutMs: CASES[name]!.timeoutMs ?? TIMEOUT_MS,
      compatible: { apiKey: undefined, baseUrl },
    });
    heard.set(`${name}, ${chain}`, await hear(service));
  }

  beforeAll(async () => {
    CapturedLog.install();
    const gone = await ModelServer.start();
    refusedUrl = gone.url;
    await gone.close();
    server = await ModelServer.start({
      reply: ({ model }) => {
        const script = CASES[NAMES[Number(model)] ?? '']?.script;
        return script === undefined || script === 'refused' ? answer('good1 good2') : script;
      },
    });
    // Loads what the first calls load.
    await hear(serviceAt(server.url, ['compatible:good', 'openai:good']));
    await hear(serviceAt(server.url, ['openai:good']));
    for (const name of NAMES) {
      await Promise.all(chains.map((chain) => hearChain(name, chain)));
    }
  }, 180_000);

  afterAll(() => server.close());

  describe.each(chains)('%s', (chain) => {
    it.each(NAMES)('ends once, in time and with the words of one model: %s', (name) => {
      const { reply } = heard.get(`${name}, ${chain}`)!;
      const { spoke, timeoutMs = TIMEOUT_MS } = CASES[name]!;

      expect(reply.durationMs).toBeLessThan(timeoutMs + TOLERANCE_MS);
      expect(reply.attempts).toBeLessThanOrEqual(3);
      expect(reply.text.length).toBeLessThanOrEqual(4_096);
      if (spoke === true) {
        expect(reply.outcome).toBe('interrupted');
        expect(reply.model).toMatch(/^compatible:/);
        expect(reply.text).toMatch(/^[badx\d\s]+$/);
        expect(reply.attempts).toBe(1);
      } else if (chain === 'the first of two') {
        expect(reply).toMatchObject({ outcome: 'answered', text: 'good1 good2', model: 'openai:good' });
      } else {
        expect(reply).toMatchObject({ outcome: 'fallback', text: FALLBACK, model: null });
      }
    });
  });

  it('keeps what a slow or endless model has said', () => {
    expect(heard.get('a letter now and then, the only model')!.reply.text).toMatch(/^b a [bad ]*$/);
    expect(heard.get('ten megabytes, the only model')!.reply.text).toBe(KILOBYTE.repeat(4));
    expect(heard.get('ten megabytes in one piece, both models')!.reply.text).toBe('x'.repeat(4_096));
  });
});
