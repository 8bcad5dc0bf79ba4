import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigurationError } from './configuration-error.js';

const FILE_NAME = '.env';

/**
 * The variables of the process, completed from a `.env` file in the working directory. A variable of the
 * process always wins, even an empty one, so that `GOOGLE_API_KEY= npm start` switches off what the file says.
 *
 * @throws {ConfigurationError} when there is such a file and it cannot be read.
 */
export function readEnvironment(workingDirectory: string): Record<string, string | undefined> {
  return { ...parseEnv(readFile(join(workingDirectory, FILE_NAME))), ...process.env };
}

function readFile(file: string): string {
  try {
    // Some editors on Windows begin a file with a byte order mark, which would belong to the first name.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return '';
    }
    throw new ConfigurationError([
      { name: FILE_NAME, problem: `must be a text file that can be read (${message})` },
    ]);
  }
}
