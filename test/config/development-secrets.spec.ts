import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { type ConfigurationError } from '../../src/config/configuration-error.js';
import { keepDevelopmentSecrets } from '../../src/config/development-secrets.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';

const GIVEN = 'a-secret-of-the-operator-that-is-long-enough';
const MODULE = pathToFileURL(join(__dirname, '../../src/config/development-secrets.ts')).href;

let directory: string;
let dataDirectory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  dataDirectory = join(directory, 'deep', 'data');
  file = join(dataDirectory, 'secrets.json');
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the secrets of a development machine', () => {
  test('are random, differ, and stay', () => {
    const secrets = keepDevelopmentSecrets(dataDirectory);

    expect(Buffer.from(secrets.JWT_SECRET_KEY, 'base64url')).toHaveLength(32);
    expect(Buffer.from(secrets.EMAIL_HASH_KEY, 'base64url')).toHaveLength(32);
    expect(secrets.JWT_SECRET_KEY).not.toBe(secrets.EMAIL_HASH_KEY);
    expect(keepDevelopmentSecrets(dataDirectory)).toStrictEqual(secrets);
    expect(keepDevelopmentSecrets(join(directory, 'other'))).not.toStrictEqual(secrets);
    expect(readdirSync(dataDirectory)).toStrictEqual(['secrets.json']);
  });

  test.each([
    ['by a user for that user alone', 1000, '700'],
    ['by root so that the database can pass', 0, '711'],
  ])('are kept in a folder made %s, in a file for its owner alone', (_case, uid, mode) => {
    jest.spyOn(process as Required<NodeJS.Process>, 'getuid').mockReturnValue(uid);
    keepDevelopmentSecrets(dataDirectory);

    expect([modeOf(dataDirectory), modeOf(file)]).toStrictEqual([mode, '600']);
  });

  test('are those of the faster process when another one puts its own in place at the last moment', () => {
    const winner = { JWT_SECRET_KEY: 'j'.repeat(43), EMAIL_HASH_KEY: 'e'.repeat(43) };
    const link = fs.linkSync;
    jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      writeFileSync(to, JSON.stringify(winner));
      link(from, to);
    });

    expect(keepDevelopmentSecrets(dataDirectory)).toStrictEqual(winner);
    expect(readdirSync(dataDirectory)).toStrictEqual(['secrets.json']);
  });

  test('are the same for processes that start at once', async () => {
    const script = `
      const { keepDevelopmentSecrets } = await import(${JSON.stringify(MODULE)});
      process.stdout.write('ready');
      process.stdin.once('data', () => {
        process.stdout.write(JSON.stringify(keepDevelopmentSecrets(${JSON.stringify(dataDirectory)})));
        process.stdin.destroy();
      });`;
    const processes: ChildProcessByStdio<Writable, Readable, null>[] = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(processes.map(({ stdout }) => once(stdout, 'data')));
    const outputs = processes.map(({ stdout }) => text(stdout));
    processes.forEach(({ stdin }) => stdin.write('go'));

    const received = await Promise.all(outputs);
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(received.map((output): unknown => JSON.parse(output))).toStrictEqual([kept, kept, kept, kept]);
    expect(readdirSync(dataDirectory)).toStrictEqual(['secrets.json']);
  });
});

describe('the configuration', () => {
  const load = (environment: Readonly<Record<string, string>>) =>
    loadConfiguration({ DATA_DIR: 'deep/data', ...environment }, directory).configuration.auth;

  const faultsOf = (environment: Readonly<Record<string, string>>) => {
    try {
      load(environment);
    } catch (error) {
      return (error as ConfigurationError).faults;
    }
    return [];
  };

  test('fills in only the secret that is missing', () => {
    const generated = load({});
    const withJwtSecret = load({ JWT_SECRET_KEY: GIVEN });
    const withHashKey = load({ EMAIL_HASH_KEY: GIVEN });

    expect(withJwtSecret).toMatchObject({ jwtSecrets: [GIVEN], emailHashKey: generated.emailHashKey });
    expect(withHashKey).toMatchObject({ jwtSecrets: generated.jwtSecrets, emailHashKey: GIVEN });
  });

  test('keeps nothing when no secret is missing', () => {
    load({ JWT_SECRET_KEY: GIVEN, EMAIL_HASH_KEY: GIVEN });

    expect(readdirSync(directory)).toStrictEqual([]);
  });

  test.each([
    ['no JSON', '{"JWT_SECRET_KEY": "hunter2'],
    ['empty', ''],
    ['no object', '"hunter2"'],
    ['null', 'null'],
    ['incomplete', JSON.stringify({ JWT_SECRET_KEY: GIVEN })],
    ['too weak', JSON.stringify({ JWT_SECRET_KEY: GIVEN, EMAIL_HASH_KEY: 'hunter2' })],
  ])('does not replace kept secrets that are %s, and does not show them', (_case, content) => {
    keepDevelopmentSecrets(dataDirectory);
    writeFileSync(file, content);

    expect(faultsOf({})).toStrictEqual([
      {
        name: 'DATA_DIR',
        problem: 'holds a damaged secrets.json; restore that file, or delete it to have new secrets made',
      },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test.each([
    [
      'is a file',
      'ENOTDIR',
      () => {
        writeFileSync(join(directory, 'deep'), '');
      },
    ],
    ['has a folder in the place of the secrets', 'EISDIR', () => fs.mkdirSync(file, { recursive: true })],
    [
      'cannot hold a link',
      'EPERM',
      () =>
        jest.spyOn(fs, 'linkSync').mockImplementation(() => {
          throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
        }),
    ],
  ])('names the way out when the data directory %s', (_case, code, prepare) => {
    prepare();
    const [fault] = faultsOf({});

    expect(fault?.name).toBe('DATA_DIR');
    expect(fault?.problem).toMatch(
      new RegExp(
        `^cannot keep generated secrets \\(${code}: .*\\); make that folder writable, or set JWT_SECRET_KEY and EMAIL_HASH_KEY$`,
      ),
    );
  });
});
