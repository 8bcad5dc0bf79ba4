import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorText } from './error-facts.js';

/** A killed process gives its lock back only when the system has torn it down. */
const PATIENCE_WITH_A_DYING_OWNER_MS = 1_000;
const PATIENCE_WITH_AN_ENDING_OWNER_MS = 15_000;
const SQLITE_BUSY = 5;

/**
 * Lets one process at a time use a data folder.
 *
 * Node has no file locks of its own, but its SQLite takes them: an open exclusive transaction is a lock that
 * two processes cannot both win and that the system gives back when its owner dies, however it dies. The
 * database file stays empty.
 */
export class DataFolderLock {
  private constructor(
    private readonly database: DatabaseSync,
    private readonly noteFile: string,
  ) {}

  /** @throws EmbeddedPostgresError when another process holds the folder and is not about to leave it. */
  static async acquire(folder: string): Promise<DataFolderLock> {
    const noteFile = join(folder, 'postgresql.owner');
    const startedAt = performance.now();
    let hasEndBeenAnnounced = false;
    for (;;) {
      const database = openExclusively(join(folder, 'postgresql.lock'));
      if (database !== undefined) {
        const lock = new DataFolderLock(database, noteFile);
        await lock.note('running');
        return lock;
      }
      const owner = await readNote(noteFile);
      // Its note goes a moment before its lock does; what it has announced still holds then.
      hasEndBeenAnnounced ||= owner.isEnding;
      const patience = hasEndBeenAnnounced
        ? PATIENCE_WITH_AN_ENDING_OWNER_MS
        : PATIENCE_WITH_A_DYING_OWNER_MS;
      if (performance.now() - startedAt > patience) {
        throw new EmbeddedPostgresError(
          `Another Parley${owner.label} already uses the folder ${folder}. Stop it, or give this one a folder ` +
            'of its own with DATA_DIR, or let both use one PostgreSQL with DATABASE_URL.',
        );
      }
      await delay(50);
    }
  }

  /** Tells who comes next that waiting is worth while. */
  async announceEnd(): Promise<void> {
    await this.note('ending');
  }

  async release(): Promise<void> {
    await rm(this.noteFile, { force: true });
    this.database.close();
  }

  private async note(state: 'running' | 'ending'): Promise<void> {
    await writeFile(this.noteFile, `${process.pid} ${state}\n`);
  }
}

function openExclusively(file: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // A journal in memory: one on disk would outlive a killed owner.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    if (typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      return undefined;
    }
    throw new EmbeddedPostgresError(
      `Cannot lock the file ${file} (${errorText(error)}). Does it belong to another user? Give Parley a ` +
        'folder it can write to with DATA_DIR, or set DATABASE_URL to a PostgreSQL of yours.',
      { cause: error },
    );
  }
}

async function readNote(noteFile: string): Promise<{ label: string; isEnding: boolean }> {
  // Only a courtesy: the owner may be just about to write it or to take it away.
  const [processId, state] = (await readFile(noteFile, 'utf8').catch(() => '')).trim().split(' ');
  return { label: processId ? ` (process ${processId})` : '', isEnding: state === 'ending' };
}
