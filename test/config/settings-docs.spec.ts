import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import {
  renderEnvExample,
  renderSettingsTable,
  replaceSettingsTable,
} from '../../src/config/settings-docs.js';
import { SETTING_GROUPS, SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';

const PROJECT = join(__dirname, '../..');
const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';
const SECRETS = {
  JWT_SECRET_KEY: randomBytes(32).toString('hex'),
  EMAIL_HASH_KEY: randomBytes(32).toString('hex'),
};

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'docs-'));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

describe('.env.example', () => {
  const uncommented = (): NodeJS.Dict<string> => parseEnv(renderEnvExample().replaceAll(/^#(?=[A-Z])/gm, ''));

  test('in the project is the one that the table of settings gives', () => {
    expect(readFileSync(join(PROJECT, '.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  test('copied unchanged leaves every default in force', () => {
    const copied = parseEnv(renderEnvExample());

    expect(loadConfiguration({ ...SECRETS, ...copied }, directory)).toStrictEqual(
      loadConfiguration(SECRETS, directory),
    );
  });

  test('names every setting once, and nothing else', () => {
    const names = renderEnvExample().match(/^#[A-Z_]+(?==)/gm);

    expect(names).toStrictEqual(SETTING_NAMES.map((name) => `#${name}`));
    expect(SETTING_GROUPS.flatMap(({ settings }) => Object.keys(settings))).toStrictEqual(SETTING_NAMES);
  });

  test('shows only values that are right, so that every # can be taken away', () => {
    writeFileSync(join(directory, 'system-prompt.txt'), 'Be brief.');
    const { configuration, warnings } = loadConfiguration(uncommented(), directory);

    expect(warnings).toStrictEqual([]);
    expect(configuration.ai.systemPrompt).toBe('Be brief.');
    expect(configuration.ai.fallbackMessage).toBe(SETTINGS.AI_FALLBACK_MESSAGE.documentation.sample);
  });

  test('shows no secret that production would take', () => {
    const samples = SETTING_NAMES.filter((name) => /^JWT.*SECRET|HASH_KEY/.test(name));
    const attempt = () => loadConfiguration({ ...uncommented(), NODE_ENV: 'production' }, directory);

    expect(samples).toHaveLength(3);
    for (const name of samples) {
      expect(attempt).toThrow(new RegExp(`${name} (is|holds) a.* sample`));
    }
  });
});

describe('the tables of settings', () => {
  test('have a row with the default and the meaning for every setting', () => {
    const rows = renderSettingsTable().match(/^\| `[A-Z_]+` \|.*$/gm) ?? [];

    expect(rows).toHaveLength(SETTING_NAMES.length);
    expect(rows).toContain(
      '| `PORT` | `3000` | Port of the API; 0 takes any free one. A whole number from 0 to 65535. |',
    );
    expect(rows).toContainEqual(
      expect.stringMatching(
        /^\| `DATABASE_URL` \| not set: an embedded PostgreSQL in DATA_DIR \| .* Secret\. \|$/,
      ),
    );
    expect(rows.every((row) => row.split(' | ').length === 3)).toBe(true);
  });

  test('take the place between the markers, as often as one likes', () => {
    const once = replaceSettingsTable(`# Title\n\n${START}\nwhat was there before\n${END}\n\nThe end.\n`);

    expect(once.startsWith(`# Title\n\n${START}\n`)).toBe(true);
    expect(once.endsWith(`\n${END}\n\nThe end.\n`)).toBe(true);
    expect(once).toContain(`\n${renderSettingsTable()}\n`);
    expect(once).not.toContain('what was there before');
    expect(replaceSettingsTable(once)).toBe(once);
  });

  test.each(['', START, END, `${END}\n${START}`])('are refused by a text with the markers %j', (text) => {
    expect(() => replaceSettingsTable(text)).toThrow(/must say where the settings go/);
  });
});

describe('the command', () => {
  const README = `${START}\n${END}\n`;

  /** Runs the command in the directory; gives what it printed and its exit code. */
  async function run(...args: string[]): Promise<{ output: string; exitCode: typeof process.exitCode }> {
    const printed: string[] = [];
    jest.replaceProperty(process, 'argv', ['node', 'settings-docs.cli.js', ...args]);
    jest.spyOn(process, 'cwd').mockReturnValue(directory);
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    const codeBefore = process.exitCode;
    try {
      await jest.isolateModulesAsync(async () => {
        await import('../../src/config/settings-docs.cli.js');
      });
      return { output: printed.join(''), exitCode: process.exitCode };
    } finally {
      process.exitCode = codeBefore;
      jest.restoreAllMocks();
    }
  }

  test('checks, writes what differs, and is content then', async () => {
    writeFileSync(join(directory, 'README.md'), README);
    const stale = await run('--check');

    expect(stale.exitCode).toBe(1);
    expect(stale.output).toMatch(/^\.env\.example does not .*\nREADME\.md does not .*\n$/);
    expect(existsSync(join(directory, '.env.example'))).toBe(false);

    const written = await run();

    expect(written).toStrictEqual({
      output: '.env.example written.\nREADME.md written.\n',
      exitCode: undefined,
    });
    expect(readFileSync(join(directory, '.env.example'), 'utf8')).toBe(renderEnvExample());
    expect(readFileSync(join(directory, 'README.md'), 'utf8')).toBe(replaceSettingsTable(README));
    expect(await run('--check')).toStrictEqual({ output: '', exitCode: undefined });
    expect(await run()).toStrictEqual({ output: '', exitCode: undefined });
  });

  test('fails when the README has no place for the settings', async () => {
    await expect(run()).rejects.toThrow(/must say where the settings go/);
  });
});
