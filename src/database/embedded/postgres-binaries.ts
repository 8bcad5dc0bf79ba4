import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorCode, undefinedIfMissing } from './error-facts.js';
import { ServerUser } from './server-user.js';

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string;
  /** Of the npm package, which starts with that of PostgreSQL. */
  readonly version: string;
}

/** @throws EmbeddedPostgresError when there is no such package, or npm was told to leave it out. */
export async function findBinaries(platform: string, architecture: string): Promise<PostgresBinaries> {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${architecture}`);
    const root = dirname(dirname(entry));
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version: manifest.version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `no embedded PostgreSQL for ${platform}-${architecture}: set DATABASE_URL to a PostgreSQL of yours`,
      { cause: error },
    );
  }
}

/**
 * Makes the programs usable for the account that is to run them: in place where possible, else as a copy.
 *
 * @param copyParent where a copy goes; that account must be able to enter it.
 * @throws EmbeddedPostgresError when they cannot run on this system at all.
 */
export async function prepareBinaries(
  binaries: PostgresBinaries,
  user: ServerUser,
  copyParent: () => Promise<string>,
  inform: (message: string) => void,
): Promise<PostgresBinaries> {
  const program = ({ folder }: PostgresBinaries) => join(folder, 'bin', 'postgres');
  const isComplete = await completeLinks(binaries.folder);
  if (isComplete) {
    if ((await user.faultOf(program(binaries), ['--version'])) === undefined) return binaries;
    const fault = await ServerUser.ofThisProcess().faultOf(program(binaries), ['--version']);
    if (fault !== undefined) throw cannotRun(fault);
  }
  const copy = { ...binaries, folder: join(await copyParent(), `postgresql-${binaries.version}`) };
  if (await copyOnce(binaries.folder, copy.folder)) {
    const reason = isComplete
      ? `${user.label} cannot run them there`
      : 'links between them are missing there';
    inform(`The PostgreSQL programs of ${binaries.folder} were copied to ${copy.folder}, because ${reason}.`);
  }
  const fault = await user.faultOf(program(copy), ['--version']);
  if (fault !== undefined) throw cannotRun(fault);
  return copy;
}

/**
 * The package leaves its symbolic links to a script of its own, which `npm install --ignore-scripts` skips.
 * Returns whether all are there now: the folder may be read-only.
 */
async function completeLinks(folder: string): Promise<boolean> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    // The list counts from the folder above and takes `native` for granted.
    const place = join(folder, relative('native', target));
    try {
      await symlink(relative(dirname(target), source), place);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      // Where nothing may be written the system can say so before it sees that the link is there.
      if ((await lstat(place).catch(undefinedIfMissing)) === undefined) return false;
    }
  }
  return true;
}

/** Returns false when the copy was there already. */
async function copyOnce(source: string, destination: string): Promise<boolean> {
  if ((await stat(destination).catch(undefinedIfMissing)) !== undefined) return false;
  // Under a name of its own until it is whole, so that nobody ever runs half of a copy.
  const draft = await mkdtemp(`${destination}.new-`);
  try {
    await cp(source, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await completeLinks(draft);
    await rename(draft, destination);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * A copy has the permissions of its source, where folders may be read-only, and files for their owner alone when npm
 * ran under a strict umask.
 */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

function cannotRun(fault: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot run on this system (${fault}): set DATABASE_URL to a PostgreSQL of yours.`,
  );
}
