import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, KEY, hear, serviceAt } from './ai-under-test.js';

const NAMES = ['google', 'openai', 'anthropic', 'compatible'];

/** Answers every request with 401, after which none is sent again, and returns the requests that would have left this machine. */
async function requestsOf(models: readonly string[], baseUrl: string | undefined): Promise<Request[]> {
  const requests: Request[] = [];
  const spy = jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    requests.push(new Request(input, init));
    return Promise.resolve(new Response('{}', { status: 401 }));
  });
  try {
    const endpoint = { apiKey: undefined, baseUrl };
    const settings = Object.fromEntries(NAMES.map((name) => [name, endpoint]));
    await hear(serviceAt('unused', models, settings));
  } finally {
    spy.mockRestore();
  }
  return requests;
}

beforeEach(() => {
  CapturedLog.install();
});

describe.each(['openai', 'compatible'])('the %s provider', (provider) => {
  it('speaks chat completions at the configured address, with the key as bearer', async () => {
    const server = await ModelServer.start({ apiKey: KEY });
    try {
      const { reply } = await hear(serviceAt(server.url, [`${provider}:team/model:8b`]), {
        message: 'And in French?',
        history: [
          { role: 'user', content: 'Greet me' },
          { role: 'assistant', content: 'Hello' },
        ],
      });

      expect(reply).toMatchObject({ outcome: 'answered', model: `${provider}:team/model:8b` });
      expect(server.requests[0]!.body).toEqual({
        model: 'team/model:8b',
        messages: [
          { role: 'system', content: expect.stringContaining('You are a test.') as string },
          { role: 'user', content: 'Greet me' },
          { role: 'assistant', content: 'Hello' },
          { role: 'user', content: 'And in French?' },
        ],
        temperature: 0.5,
        max_tokens: 100,
        stream: true,
        stream_options: { include_usage: true },
      });
    } finally {
      await server.close();
    }
  });
});

it('sends no key to a compatible server that needs none', async () => {
  const server = await ModelServer.start();
  try {
    await hear(
      serviceAt(server.url, ['compatible:m'], { compatible: { apiKey: undefined, baseUrl: server.url } }),
    );

    expect(server.requests[0]!.headers).not.toHaveProperty('authorization');
  } finally {
    await server.close();
  }
});

describe('the environment', () => {
  const saved = { ...process.env };

  beforeEach(() => {
    for (const name of ['GOOGLE_GENERATIVE_AI', 'OPENAI', 'ANTHROPIC']) {
      process.env[`${name}_API_KEY`] = 'key-of-the-environment';
      process.env[`${name}_BASE_URL`] = 'http://environment.invalid';
    }
  });

  afterEach(() => {
    process.env = { ...saved };
  });

  it.each([
    ['google', 'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse'],
    ['openai', 'https://api.openai.com/v1/chat/completions'],
    ['anthropic', 'https://api.anthropic.com/v1/messages'],
  ])('is not read behind the back of the configuration: %s', async (provider, url) => {
    const [request, ...others] = await requestsOf([`${provider}:m`], undefined);

    expect(others).toEqual([]);
    expect(request!.url).toBe(url);
    expect(JSON.stringify([...request!.headers])).not.toContain('key-of-the-environment');
  });
});
