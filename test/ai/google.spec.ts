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

function service() {
  return serviceAt(server.url, ['google:gemini-test']);
}

function chunk(text: string, finishReason?: string): [undefined, object] {
  return [
    undefined,
    {
      candidates: [
        { content: { role: 'model', parts: [{ text }] }, index: 0, ...(finishReason && { finishReason }) },
      ],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 },
    },
  ];
}

describe('the google provider', () => {
  it('asks Gemini in its own protocol and streams what it says', async () => {
    server.stream(chunk('Bonjour '), chunk('à toi', 'STOP'));

    const { deltas, reply } = await hear(service(), {
      message: 'And in French?',
      history: [
        { role: 'user', content: 'Greet me' },
        { role: 'assistant', content: 'Hello' },
      ],
    });

    expect(deltas).toEqual(['Bonjour ', 'à toi']);
    expect(reply).toMatchObject({ outcome: 'answered', model: 'google:gemini-test' });
    expect(reply.usage).toEqual({ promptTokens: 9, completionTokens: 4 });
    const [request] = server.requests;
    expect(request!.path).toBe('/base/models/gemini-test:streamGenerateContent?alt=sse');
    expect(request!.headers['x-goog-api-key']).toBe(KEY);
    expect(request!.body).toEqual({
      generationConfig: { maxOutputTokens: 100, temperature: 0.5 },
      systemInstruction: { parts: [{ text: expect.stringContaining('You are a test.') as string }] },
      contents: [
        { role: 'user', parts: [{ text: 'Greet me' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'And in French?' }] },
      ],
    });
    expect(log.entries).toEqual([]);
  });

  it('has answered also where it gives a reason the SDK does not know', async () => {
    server.stream(chunk('Bonjour', 'OTHER'));

    expect((await hear(service())).reply).toMatchObject({ outcome: 'answered', text: 'Bonjour' });
  });

  it('tells a blocked prompt', async () => {
    server.stream([undefined, { promptFeedback: { blockReason: 'SAFETY' } }]);

    expect((await hear(service())).reply.outcome).toBe('fallback');
    expect(log.reasons).toEqual(['refused']);
  });

  it('tells an answer that its filter stopped', async () => {
    server.stream(chunk('Bon'), chunk('', 'SAFETY'));

    expect((await hear(service())).reply).toMatchObject({ outcome: 'interrupted', text: 'Bon' });
    expect(log.reasons).toEqual(['refused']);
  });

  it('tells an answer that broke off in good order', async () => {
    server.stream(chunk('Bon'));

    expect((await hear(service())).reply).toMatchObject({ outcome: 'interrupted', text: 'Bon' });
    expect(log.reasons).toEqual(['malformed']);
  });

  it('tells a bad key', async () => {
    server.fail(400, { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } });

    await hear(service());

    expect(log.reasons).toEqual(['misconfigured']);
  });

  it('tells an error in the stream', async () => {
    server.stream([undefined, { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }]);

    await hear(service());

    expect(log.entries[0]!.message).toMatchObject({ reason: 'unavailable', status: 503 });
  });
});
