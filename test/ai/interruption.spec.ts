import { once } from 'node:events';
import { Deadline } from '../../src/ai/deadline.js';
import { callModel } from '../../src/ai/model-call.js';
import { ModelChain } from '../../src/ai/model-chain.js';
import { ModelGuard } from '../../src/ai/model-guard.js';
import { NO_USAGE, type Model } from '../../src/ai/models/model.js';
import { Patience } from '../../src/ai/patience.js';
import type { ReplyPart } from '../../src/ai/reply.js';
import { ReplyStreams } from '../../src/ai/stream/reply-streams.js';
import { Gate } from '../support/gate.js';
import { answer, hang, type Fault } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, aiConfiguration, hear, serviceAt } from './ai-under-test.js';

let server: ModelServer;
let log: CapturedLog;

beforeAll(async () => {
  server = await ModelServer.start();
});

beforeEach(() => {
  log = CapturedLog.install();
  server.requests.length = 0;
});

afterAll(() => server.close());

function modelsCalled(): string[] {
  return server.requests.map(({ body }) => body.model);
}

describe.each(['compatible', 'openai'])('a %s model that dies after its first word', (provider) => {
  /** Reads until the second word has come, lets the fault happen, and reads on. */
  async function hearUntilFault(kind: Fault['kind'], timeoutMs = 10_000) {
    const fault = new Gate();
    server.respondWith(answer('one two three four', { fault: { kind, afterDeltas: 2, once: fault.opened } }));
    const parts: ReplyPart[] = [];
    for await (const part of serviceAt(server.url, [`${provider}:a`, 'openai:b'], { timeoutMs }).reply({
      message: 'Hello',
      history: [],
    })) {
      parts.push(part);
      if (parts.length === 2) {
        fault.open();
      }
    }
    return parts;
  }

  it.each([
    ['cut', 'unreachable'],
    ['end', 'malformed'],
    ['malformed', 'malformed'],
    ['error', 'unavailable'],
    ['stall', 'timed_out'],
  ] as const)('keeps what it said: %s', async (kind, reason) => {
    const parts = await hearUntilFault(kind, kind === 'stall' ? 500 : 10_000);

    expect(parts).toMatchObject([
      { type: 'delta', text: 'one ' },
      { type: 'delta', text: 'two ' },
      {
        type: 'finish',
        reply: { outcome: 'interrupted', text: 'one two ', model: `${provider}:a`, attempts: 1 },
      },
    ]);
    expect(modelsCalled()).toEqual(['a']);
    expect(log.reasons).toEqual([reason]);
  });

  it('keeps what it said: a content filter', async () => {
    server.respondWith(answer('one two ', { finishReason: 'content_filter' }));

    const { reply } = await hear(serviceAt(server.url, [`${provider}:a`, 'openai:b']));

    expect(reply).toMatchObject({ outcome: 'interrupted', text: 'one two ' });
    expect(modelsCalled()).toEqual(['a']);
  });
});

describe('cancelling', () => {
  it('asks no model when it is already cancelled', async () => {
    const { reply } = await hear(serviceAt(server.url, ['openai:a']), { signal: AbortSignal.abort() });

    expect(reply).toMatchObject({ outcome: 'cancelled', text: '', model: null, attempts: 0 });
    expect(modelsCalled()).toEqual([]);
  });

  it('ends a call that has not answered, and asks no other model', async () => {
    server.respondWith(hang());
    const cancel = new AbortController();
    const arrived = server.nextRequest();
    const heard = hear(serviceAt(server.url, ['openai:a', 'openai:b']), { signal: cancel.signal });
    const request = await arrived;

    cancel.abort();

    expect((await heard).reply).toMatchObject({
      outcome: 'cancelled',
      text: '',
      model: 'openai:a',
      attempts: 1,
    });
    await request.closed;
    expect(modelsCalled()).toEqual(['a']);
    expect(log.entries).toEqual([]);
  });

  it('keeps the text so far and ends the call', async () => {
    server.respondWith(answer('one two three', { fault: { kind: 'stall', afterDeltas: 2 } }));
    const cancel = new AbortController();
    const arrived = server.nextRequest();
    const parts: ReplyPart[] = [];

    for await (const part of serviceAt(server.url, ['compatible:a']).reply({
      message: 'Hello',
      history: [],
      signal: cancel.signal,
    })) {
      parts.push(part);
      if (parts.length === 2) {
        cancel.abort();
      }
    }

    expect(parts.at(-1)).toMatchObject({ type: 'finish', reply: { outcome: 'cancelled', text: 'one two ' } });
    await (
      await arrived
    ).closed;
    expect(log.entries).toEqual([]);
  });

  it('ends the call also where the reader just stops reading', async () => {
    server.respondWith(answer('one two three', { fault: { kind: 'stall', afterDeltas: 2 } }));
    const arrived = server.nextRequest();

    for await (const part of serviceAt(server.url, ['openai:a']).reply({ message: 'Hello', history: [] })) {
      expect(part).toEqual({ type: 'delta', text: 'one ' });
      break;
    }

    await (
      await arrived
    ).closed;
    expect(log.entries).toEqual([]);
  });
});

describe('what was held back of a reply', () => {
  it.each(['cancelled', 'interrupted'] as const)(
    'is told when it is %s, as far as it may be',
    async (outcome) => {
      server.respondWith(answer('See https://a.example/page', { fault: { kind: 'stall', afterDeltas: 2 } }));
      const cancel = new AbortController();
      const deltas: string[] = [];
      let finish: ReplyPart | undefined;

      for await (const part of serviceAt(server.url, ['openai:a'], {
        timeoutMs: outcome === 'cancelled' ? 10_000 : 500,
      }).reply({ message: 'Hello', history: [], signal: cancel.signal })) {
        if (part.type === 'delta') {
          deltas.push(part.text);
        } else {
          finish = part;
        }
        // The address has come with the first word, and waits for its end.
        if (outcome === 'cancelled') {
          setImmediate(() => cancel.abort());
        }
      }

      expect(deltas[0]).toBe('See ');
      expect(finish).toMatchObject({ reply: { outcome, text: deltas.join('') } });
      if (outcome === 'interrupted') {
        expect(deltas).toEqual(['See ', 'https://a.example/page']);
      }
    },
  );
});

it('does not wait for a provider that does not heed the signal', async () => {
  const deaf: Model = {
    name: 'deaf',
    async *stream() {
      yield 'one ';
      await new Promise<never>(() => undefined);
      return NO_USAGE;
    },
  };
  const deadline = new Deadline(100, undefined);
  const replies = new ReplyStreams(aiConfiguration({}).ai, 'q23456789bcd');
  const reply = new ModelChain([new ModelGuard(deaf, 1)], replies).reply(
    { instructions: '', messages: [] },
    deadline,
  );

  expect(await reply.next()).toEqual({ done: false, value: { type: 'delta', text: 'one ' } });
  expect(await reply.next()).toMatchObject({ done: true, value: { outcome: 'interrupted', text: 'one ' } });
  expect(log.reasons).toEqual(['timed_out']);
  deadline.release();
});

it('asks nothing of a provider when its time is over before it begins', async () => {
  const deadline = new Deadline(10_000, undefined);
  const patience = new Patience(0, deadline);
  await once(patience.signal, 'abort');
  const model: Model = {
    name: 'deaf',
    stream: () => {
      throw new Error('never called');
    },
  };
  const guard = new ModelGuard(model, 1);
  const pass = await guard.enter(deadline.signal);
  const reply = new ReplyStreams(aiConfiguration({}).ai, 'q23456789bcd').create({
    instructions: '',
    messages: [],
  });

  const terms = { deadline, patience, pass: pass!, reply };
  const call = callModel(model, { instructions: '', messages: [] }, terms);

  expect(await call.next()).toMatchObject({ done: true, value: { outcome: 'failed' } });
  expect(log.reasons).toEqual(['timed_out']);
  deadline.release();
});
