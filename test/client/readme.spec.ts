import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import * as client from '../../packages/client/src/index.js';
import { startTestService, type TestService } from '../support/test-service.js';

const README = readFileSync(join(__dirname, '..', '..', 'packages', 'client', 'README.md'), 'utf8');

type Run = (parts: typeof client, say: { log(...words: unknown[]): void }) => Promise<void>;

describe('The examples of the client’s README', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ settings: { AI_MODELS: 'offline' } });
  });
  afterAll(() => service.stop());

  it('should run one after the other as they stand', async () => {
    const blocks = [...README.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
    expect(blocks).toHaveLength(5);
    const program = blocks
      .join('\n')
      .replaceAll(/^import (\{.*\}) from '@parley\/client';$/gm, 'const $1 = client;')
      .replaceAll('https://chat.example.com', service.url);
    const said: unknown[][] = [];
    const run = runInThisContext(`(async (client, console) => {${program}})`) as Run;
    await run(client, { log: (...words) => void said.push(words) });
    const lines = said.map((words) => words.join(' '));
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^answered /),
        expect.stringMatching(/^the turn is [\w-]+$/),
      ]),
    );
    expect(lines).toContain('answered true');
    expect(said).toContainEqual([[expect.objectContaining({ field: 'message' })]]);
  });
});
