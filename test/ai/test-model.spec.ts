import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { answer, status, type ChatCompletionRequest } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';

const PROJECT = join(import.meta.dirname, '../..');

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `npm run test:model` without npm. */
function testModel(settings: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, ['scripts/test-model.mjs'], {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** A model that knows what was said before. */
function recall({ messages }: ChatCompletionRequest): string {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const colour = /colour is (\w+)/.exec(said[0]!)?.[1];
  return said.length === 1 ? 'How nice.' : `It is ${colour}.`;
}

describe('the test with a real model', () => {
  let server: ModelServer;

  beforeAll(async () => {
    server = await ModelServer.start({ apiKey: 'key-of-the-server' });
  });

  afterAll(() => server.close());

  const settings = () => ({
    TEST_MODEL_URL: server.url,
    TEST_MODEL: 'm',
    TEST_MODEL_KEY: 'key-of-the-server',
  });

  it('is skipped, with the reason, where no model is named', async () => {
    const { code, output } = await testModel({});

    expect(code).toBe(0);
    expect(output).toMatch(/^skipped: set TEST_MODEL_URL and TEST_MODEL/);
  });

  it('passes with a model that answers and knows what was said', async () => {
    server.respondWith(answer(recall));

    const { code, output } = await testModel(settings());

    expect(output).toMatch(/> Which colour.*\n< It is turquoise\.\n/);
    expect(output).toMatch(/test:model: passed\n$/);
    expect(code).toBe(0);
    expect(server.requests.every(({ body }) => body.model === 'm')).toBe(true);
  }, 90_000);

  it('fails with one that does not, and says why', async () => {
    server.respondWith(status(500));

    const { code, output } = await testModel(settings());

    expect(code).toBe(1);
    expect(output).toMatch(/test:model: failed: the model must have answered/);
    expect(output).toMatch(/"reason":"unavailable","status":500/);
  }, 90_000);
});
