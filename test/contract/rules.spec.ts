import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

interface Finding {
  readonly code: string;
}

/** Just as much of an OpenAPI document as the breakages below touch. */
interface Broken {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Operation {
  operationId: string;
  security?: object[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
interface Schema {
  additionalProperties?: boolean;
  properties: Record<string, Record<string, unknown>>;
}

describe('The rules for the API’s description', () => {
  let folder: string;
  let brokenPath: string;
  let findings: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-contract-'));
    brokenPath = join(folder, 'broken.json');
    const document = JSON.parse(await readFile(join(ROOT, 'openapi.json'), 'utf8')) as Broken;
    breakEachRule(document);
    await writeFile(brokenPath, JSON.stringify(document));
    const outcome = await runTool('spectral', [
      ...['lint', brokenPath, '--ruleset', join(ROOT, '.spectral.yaml')],
      ...['--format', 'json', '--quiet'],
    ]);
    expect(outcome.isFailed).toBe(true);
    findings = (JSON.parse(outcome.stdout) as Finding[]).map(({ code }) => code);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  it('should each find what breaks it', async () => {
    const ruleset = await readFile(join(ROOT, '.spectral.yaml'), 'utf8');
    const rules = [...ruleset.matchAll(/^ {2}(parley-[\w-]+):$/gm)].map(([, name]) => name ?? '');
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter((rule) => !findings.includes(rule))).toEqual([]);
  });

  it('should be joined by the stock rules', () => {
    expect(findings).toContain('operation-operationId-unique');
    expect(findings).toContain('oas3-valid-schema-example');
  });

  it('should be joined by those of another linter', async () => {
    const { isFailed, stdout } = await runTool('redocly', [
      ...['lint', brokenPath, '--config', join(ROOT, 'redocly.yaml'), '--format', 'json'],
    ]);
    expect(isFailed).toBe(true);
    expect(stdout).toContain('operation-operationId-unique');
  }, 60_000);
});

/** One breakage for each rule of the project's own, and two for the stock rules. */
function breakEachRule({ paths, components: { schemas } }: Broken): void {
  const operation = (path: string, method: string): Operation => paths[path]![method]!;
  const field = (schema: string, name: string): Record<string, unknown> => schemas[schema]!.properties[name]!;
  operation('/chat', 'post').operationId = 'Send_Message';
  delete operation('/chat/history', 'get').security;
  operation('/auth/email', 'post').security = [{}];
  operation('/chat', 'post').responses['429'] = { content: { 'application/json': { schema: {} } } };
  operation('/livez', 'get').responses['400'] = { content: { 'application/json': { schema: {} } } };
  delete operation('/chat', 'post').responses['200']!.content!['application/json']!.schema;
  delete field('SendMessageRequest', 'message')['maxLength'];
  delete field('HistoryResponse', 'messages')['maxItems'];
  delete field('HistoryResponse', 'total')['minimum'];
  field('AccessTokenResponse', 'expires_at')['format'] = 'date';
  delete field('AccessTokenResponse', 'session_id')['description'];
  delete field('AccessTokenResponse', 'access_token')['example'];
  schemas['SessionResponse']!.additionalProperties = true;
  operation('/readyz', 'get').operationId = operation('/livez', 'get').operationId;
  field('HealthResponse', 'version')['example'] = 7;
}

async function runTool(
  tool: string,
  args: readonly string[],
): Promise<{ isFailed: boolean; stdout: string }> {
  try {
    const { stdout } = await run(join(ROOT, 'node_modules', '.bin', tool), [...args], {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return { isFailed: false, stdout };
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return { isFailed: true, stdout };
  }
}
