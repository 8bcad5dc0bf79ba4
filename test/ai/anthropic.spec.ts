import { CannedServer } from './canned-server.js';
import { CapturedLog, KEY, hear, serviceAt } from './ai-under-test.js';

let server: CannedServer;
let log: CapturedLog;

beforeAll(async () => {
  server = await CannedServer.start();
});

beforeEach(() => {
  log = CapturedLog.install();
});

afterAll(() => server.close());

function service(settings = {}) {
  return serviceAt(server.url, ['anthropic:claude-haiku-4-5'], settings);
}

type Event = [type: string, data: object];

function event(type: string, data: object = {}): Event {
  return [type, { type, ...data }];
}

const START: Event[] = [
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
];

function words(text: string): Event {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

function end(reason: string): Event[] {
  return [
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: 4 },
    }),
    event('message_stop'),
  ];
}

describe('the anthropic provider', () => {
  it('asks Claude in its own protocol and streams what it says', async () => {
    server.stream(...START, words('Bonjour '), words('à toi'), ...end('end_turn'));

    const { deltas, reply } = await hear(service(), {
      message: 'And in French?',
      history: [
        { role: 'user', content: 'Greet me' },
        { role: 'assistant', content: 'Hello' },
      ],
    });

    expect(deltas).toEqual(['Bonjour ', 'à toi']);
    expect(reply).toMatchObject({ outcome: 'answered', model: 'anthropic:claude-haiku-4-5' });
    expect(reply.usage).toEqual({ promptTokens: 9, completionTokens: 4 });
    const [request] = server.requests;
    expect(request!.path).toBe('/base/messages');
    expect(request!.headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' });
    expect(request!.body).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 100,
      temperature: 0.5,
      stream: true,
      system: [{ type: 'text', text: expect.stringContaining('You are a test.') as string }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Greet me' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
        { role: 'user', content: [{ type: 'text', text: 'And in French?' }] },
      ],
    });
    expect(log.entries).toEqual([]);
  });

  it('tells an answer that its filter stopped', async () => {
    server.stream(...START, words('Bon'), ...end('refusal'));

    expect((await hear(service())).reply).toMatchObject({ outcome: 'interrupted', text: 'Bon' });
    expect(log.reasons).toEqual(['refused']);
  });

  it('tells an answer that broke off in good order', async () => {
    server.stream(...START, words('Bon'));

    expect((await hear(service())).reply).toMatchObject({ outcome: 'interrupted', text: 'Bon' });
    expect(log.reasons).toEqual(['malformed']);
  });

  it('tells an answer that ended before it began', async () => {
    server.stream(...START);

    expect((await hear(service())).reply.outcome).toBe('fallback');
    expect(log.reasons[0]).toBe('malformed');
  });

  it.each([
    [401, 'authentication_error', 'misconfigured'],
    [404, 'not_found_error', 'misconfigured'],
    [429, 'rate_limit_error', 'rate_limited'],
    [529, 'overloaded_error', 'unavailable'],
  ])('tells status %i', async (status, type, reason) => {
    server.fail(status, { type: 'error', error: { type, message: 'Something' } });

    await hear(service());

    expect(log.entries[0]!.message).toMatchObject({ reason, status });
  });

  it('tells an error in the stream, before and after the first word', async () => {
    const overloaded = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    server.stream(overloaded);
    expect((await hear(service())).reply.outcome).toBe('fallback');

    server.stream(...START, words('Bon'), overloaded);
    expect((await hear(service())).reply).toMatchObject({ outcome: 'interrupted', text: 'Bon' });

    expect(new Set(log.reasons)).toEqual(new Set(['unavailable']));
  });
});
