import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/config/configuration-error.js';
import { readEnvironment } from '../../src/config/read-environment.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'environment-'));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

function writeEnvFile(content: string): void {
  writeFileSync(join(directory, '.env'), content);
}

describe('the environment', () => {
  test('is that of the process when there is no .env file', () => {
    expect(readEnvironment(directory)).toStrictEqual({ ...process.env });
  });

  test('is completed from .env, where the process says nothing', () => {
    jest.replaceProperty(process, 'env', { PORT: '4000', GOOGLE_API_KEY: '' });
    writeEnvFile('PORT=5000\nHOST=0.0.0.0 # all\r\nGOOGLE_API_KEY=key\n#LOG_LEVEL=debug\nTEXT="two words"\n');

    expect(readEnvironment(directory)).toStrictEqual({
      PORT: '4000',
      GOOGLE_API_KEY: '',
      HOST: '0.0.0.0',
      TEXT: 'two words',
    });
  });

  test('is read from a file with a byte order mark, too', () => {
    jest.replaceProperty(process, 'env', {});
    writeEnvFile('\uFEFFPORT=5000\n');

    expect(readEnvironment(directory)).toStrictEqual({ PORT: '5000' });
  });

  test('is refused when .env is there but cannot be read', () => {
    mkdirSync(join(directory, '.env'));

    expect(() => readEnvironment(directory)).toThrow(ConfigurationError);
    expect(() => readEnvironment(directory)).toThrow(
      / {2}\.env must be a text file that can be read \(EISDIR/,
    );
  });
});
