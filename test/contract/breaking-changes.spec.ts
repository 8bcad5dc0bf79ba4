import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApiDocument } from '../../scripts/contract/api-document.js';
import { breakingChanges } from '../../scripts/contract/breaking-changes.js';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

type Json = Record<string, unknown>;
type Change = (document: Api) => void;
/** The document as one that can be changed. */
interface Api {
  paths: Record<string, Record<string, ChangeableOperation>>;
  components: { schemas: Record<string, ChangeableSchema> };
}
interface ChangeableOperation {
  operationId: string;
  security?: object[];
  parameters: { name: string; required: boolean; in: string; schema: Json }[];
  requestBody?: { required?: boolean; content: Record<string, Json> };
  responses: Record<string, { headers: Json; content: Record<string, { schema: Json }> }>;
}
interface ChangeableSchema extends Json {
  required: string[];
  properties: Record<string, Json>;
}

const property = (document: Api, schema: string, name: string): Json =>
  document.components.schemas[schema]!.properties[name]!;
const operation = (document: Api, method: string, path: string): ChangeableOperation =>
  document.paths[path]![method]!;
const without = (values: unknown, value: unknown): unknown[] =>
  (values as unknown[]).filter((candidate) => candidate !== value);

describe('The comparison with the released description', () => {
  let text: string;
  let before: ApiDocument;

  beforeAll(async () => {
    text = await readFile(join(ROOT, 'openapi.json'), 'utf8');
    before = JSON.parse(text) as ApiDocument;
  });

  const changed = (change: Change): ApiDocument => {
    const document = JSON.parse(text) as Api;
    change(document);
    return document as unknown as ApiDocument;
  };

  const BREAKING: readonly (readonly [string, string, Change])[] = [
    ['operation-removed', 'GET /auth/session', (api) => delete api.paths['/auth/session']!['get']],
    ['operation-removed', 'GET /livez', (api) => delete api.paths['/livez']],
    ['operation-renamed', 'POST /chat', (api) => (operation(api, 'post', '/chat').operationId = 'postMessage')],
    ['security-tightened', 'GET /health', (api) => (operation(api, 'get', '/health').security = [{ bearer: [] }])],
    [
      'security-tightened',
      'POST /chat',
      (api) => (operation(api, 'post', '/chat').security = [{ bearer: [], key: [] }]),
    ],
    [
      'security-tightened',
      'POST /chat',
      (api) => (operation(api, 'post', '/chat').security = [{ bearer: ['write'] }]),
    ],
    ['parameter-removed', 'GET /chat/history', (api) => operation(api, 'get', '/chat/history').parameters.shift()],
    [
      'parameter-required',
      'POST /chat',
      (api) => (operation(api, 'post', '/chat').parameters[0]!.required = true),
    ],
    [
      'parameter-required',
      'GET /health',
      (api) =>
        (operation(api, 'get', '/health').parameters = [
          { name: 'detail', in: 'query', required: true, schema: { type: 'string' } },
        ]),
    ],
    [
      'request-body-required',
      'GET /health',
      (api) => (operation(api, 'get', '/health').requestBody = { required: true, content: {} }),
    ],
    [
      'request-media-type-removed',
      'POST /chat',
      (api) => (operation(api, 'post', '/chat').requestBody!.content = {}),
    ],
    [
      'request-field-required',
      'SendMessageRequest.locale',
      (api) => {
        const schema = api.components.schemas['SendMessageRequest']!;
        schema.properties['locale'] = { type: 'string' };
        schema.required.push('locale');
      },
    ],
    [
      'request-field-removed',
      'SendMessageRequest.message',
      (api) => delete api.components.schemas['SendMessageRequest']!.properties['message'],
    ],
    [
      'request-type-changed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['type'] = 'object'),
    ],
    [
      'request-format-changed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['format'] = 'uri'),
    ],
    [
      'request-enum-narrowed',
      'POST /chat/stream query protocol',
      (api) => {
        const { schema } = operation(api, 'post', '/chat/stream').parameters.find(
          ({ name }) => name === 'protocol',
        )!;
        schema['enum'] = without(schema['enum'], 'ui-messages');
      },
    ],
    [
      'request-enum-narrowed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['enum'] = ['Hello']),
    ],
    [
      'request-bound-narrowed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['maxLength'] = 3999),
    ],
    [
      'request-bound-narrowed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['minLength'] = 2),
    ],
    [
      'request-pattern-changed',
      'SendMessageRequest.message',
      (api) => (property(api, 'SendMessageRequest', 'message')['pattern'] = '^[a-z]+$'),
    ],
    [
      'response-field-removed',
      'SendMessageResponse.reply_id',
      (api) => delete api.components.schemas['SendMessageResponse']!.properties['reply_id'],
    ],
    [
      'response-field-optional',
      'SendMessageResponse.reply_id',
      (api) => {
        const schema = api.components.schemas['SendMessageResponse']!;
        schema.required = without(schema.required, 'reply_id') as string[];
      },
    ],
    [
      'response-type-changed',
      'SendMessageResponse.reply_id',
      (api) => (property(api, 'SendMessageResponse', 'reply_id')['type'] = 'integer'),
    ],
    [
      'response-type-changed',
      'SendMessageResponse.reply_id',
      (api) => (property(api, 'SendMessageResponse', 'reply_id')['type'] = ['string', 'null']),
    ],
    [
      'response-format-changed',
      'SendMessageResponse.created_at',
      (api) => delete property(api, 'SendMessageResponse', 'created_at')['format'],
    ],
    ['response-enum-dropped', 'TurnOutcome', (api) => delete api.components.schemas['TurnOutcome']!['enum']],
    [
      'response-type-changed',
      'HistoryResponse.messages[]',
      (api) => (property(api, 'HistoryResponse', 'messages')['items'] = { type: 'string' }),
    ],
    [
      'response-variant-removed',
      'POST /chat/stream 200 text/event-stream',
      (api) => {
        const { schema } = operation(api, 'post', '/chat/stream').responses['200']!.content['text/event-stream']!;
        (schema['oneOf'] as unknown[]).shift();
      },
    ],
    ['status-removed', 'POST /chat', (api) => delete operation(api, 'post', '/chat').responses['409']],
    [
      'response-media-type-removed',
      'POST /chat 200',
      (api) => (operation(api, 'post', '/chat').responses['200']!.content = {}),
    ],
    [
      'response-header-removed',
      'POST /chat 200',
      (api) => delete operation(api, 'post', '/chat').responses['200']!.headers['RateLimit'],
    ],
  ];

  it.each(BREAKING)('should find %s at %s', (rule, where, change) => {
    const found = breakingChanges(before, changed(change));
    expect(found.map((finding) => `${finding.rule} ${finding.where}`)).toContain(`${rule} ${where}`);
  });

  it.each<readonly [string, Change]>([
    ['nothing at all', () => undefined],
    ['a new operation', (api) => (api.paths['/new'] = { get: operation(api, 'get', '/livez') })],
    [
      'a new field of an answer',
      (api) => (api.components.schemas['SendMessageResponse']!.properties['model'] = { type: 'string' }),
    ],
    [
      'a new field that need not be sent',
      (api) => (api.components.schemas['SendMessageRequest']!.properties['locale'] = { type: 'string' }),
    ],
    [
      'a new value in an answer, which clients bear',
      (api) => (api.components.schemas['TurnOutcome']!['enum'] as string[]).push('postponed'),
    ],
    [
      'a value less in an answer',
      (api) => (api.components.schemas['TurnOutcome']!['enum'] as string[]).pop(),
    ],
    [
      'a new kind of event',
      (api) => {
        const { schema } = operation(api, 'post', '/chat/stream').responses['200']!.content['text/event-stream']!;
        (schema['oneOf'] as unknown[]).push({ $ref: '#/components/schemas/HistoryItem' });
      },
    ],
    [
      'an operation opened to everybody',
      (api) => (operation(api, 'get', '/chat/history').security = []),
    ],
    [
      'a message that may be longer',
      (api) => (property(api, 'SendMessageRequest', 'message')['maxLength'] = 8000),
    ],
    [
      'a status that may come, too',
      (api) => {
        const { responses } = operation(api, 'get', '/auth/session');
        responses['429'] = responses['400']!;
      },
    ],
  ])('should allow %s', (_what, change) => {
    expect(breakingChanges(before, changed(change))).toEqual([]);
  });

  describe('as a command', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'parley-breaking-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    const compare = async (released: string, current: string): Promise<{ code: number; stderr: string }> =>
      run(
        process.execPath,
        [
          ...['--no-warnings', '--experimental-transform-types'],
          ...['--import', './bench/typescript-support.mjs', 'scripts/contract/breaking-changes.cli.ts'],
          ...[released, current],
        ],
        { cwd: ROOT },
      ).then(
        ({ stderr }) => ({ code: 0, stderr }),
        (failure: unknown) => {
          const { code, stderr } = failure as { code: number; stderr: string };
          return { code, stderr };
        },
      );

    it('should fail on a change that breaks, and say which', async () => {
      const [released, current] = [join(folder, 'released.json'), join(folder, 'current.json')];
      await cp(join(ROOT, 'openapi.json'), released);
      await writeFile(current, text.replaceAll('"reply_id"', '"answer_id"'));
      expect(await compare(released, released)).toEqual({ code: 0, stderr: '' });
      const { code, stderr } = await compare(released, current);
      expect(code).toBe(1);
      expect(stderr).toContain('response-field-removed: SendMessageResponse.reply_id: is gone');
    });
  });
});
