import { mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { undefinedIfMissing } from './error-facts.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './server-user.js';
import { SupervisedProcess } from './supervised-process.js';

/** The superuser of every cluster made here. */
export const DATABASE_USER = 'postgres';
const DRAFT_PREFIX = 'postgresql.new-';

/**
 * Whether there is a cluster that this PostgreSQL can run.
 *
 * @throws EmbeddedPostgresError when the folder holds one of another major version, or something else.
 */
export async function hasCluster(folder: string, version: string): Promise<boolean> {
  const major = version.split('.')[0];
  const found = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(undefinedIfMissing);
  if (found === undefined) {
    const content = await readdir(folder).catch(undefinedIfMissing);
    if (content === undefined || content.length === 0) return false;
    throw new EmbeddedPostgresError(
      `The folder ${folder} holds something that is not a database, and was left alone. Move it away, or choose ` +
        'another folder with DATA_DIR, or set DATABASE_URL.',
    );
  }
  if (found.trim() === major) return true;
  throw new EmbeddedPostgresError(
    `The database in ${folder} was made by PostgreSQL ${found.trim()}, and this Parley brings PostgreSQL ${major}, ` +
      'which cannot read it. Nothing was changed. Carry the data over with pg_dump, or choose another folder with ' +
      `DATA_DIR, or set DATABASE_URL to a PostgreSQL ${found.trim()} that runs on it.`,
  );
}

/** Makes a cluster beside its place and moves it there when it is whole: a half-made one never counts. */
export async function makeCluster(
  home: string,
  binaries: PostgresBinaries,
  user: ServerUser,
  durability: 'durable' | 'disposable',
): Promise<void> {
  await removeDrafts(home);
  const draft = await mkdtemp(join(home, DRAFT_PREFIX));
  await user.takeOver(draft);
  const initdb = await SupervisedProcess.start(
    [
      ...[join(binaries.folder, 'bin', 'initdb'), '-D', draft, '-U', DATABASE_USER, '-A', 'trust'],
      ...['-E', 'UTF8', '--locale=C', '--no-instructions'],
      ...(durability === 'disposable' ? ['--no-sync'] : []),
    ],
    user,
  );
  if ((await initdb.ended) !== 0) {
    await rm(draft, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL could not make a database in ${home}. It said:\n${initdb.lastWords}`,
    );
  }
  await rename(draft, join(home, 'postgresql'));
  if (durability === 'durable') await sync(home);
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(DRAFT_PREFIX)) continue;
    // With retries: an interrupted initdb may be clearing up after itself at this very moment.
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
