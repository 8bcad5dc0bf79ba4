import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { scratchFolder } from './scratch-folders.js';

/** A data folder with an empty database. A copy of it saves the second that it takes to make one. */
export class DatabaseTemplate {
  private constructor(private readonly dataDirectory: string) {}

  static async make(): Promise<DatabaseTemplate> {
    const dataDirectory = join(await scratchFolder(), 'data');
    const inform = () => undefined;
    await (await startEmbeddedPostgres({ dataDirectory, durability: 'disposable', inform })).stop();
    return new DatabaseTemplate(dataDirectory);
  }

  async copyTo(dataDirectory: string): Promise<void> {
    await promisify(execFile)('cp', ['-a', this.dataDirectory, dataDirectory]);
  }
}
