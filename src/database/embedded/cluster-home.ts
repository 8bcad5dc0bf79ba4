import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorCode, errorText, undefinedIfMissing } from './error-facts.js';
import { ServerUser } from './server-user.js';

const SYSTEM_FOLDERS = { data: '/var/lib/parley', cache: '/var/cache/parley' };

export interface ClusterHome {
  /** Who runs the server and owns the cluster. */
  readonly user: ServerUser;
  /** Holds (or will hold) the cluster; that user can enter it. */
  readonly folder: string;
  /** Whether the cluster has still to be made. */
  readonly isEmpty: boolean;
  /** Why the cluster is not in the data folder, in plain words. */
  readonly relocation?: string;
  /** Makes, if need be, the folder for a copy of the PostgreSQL programs. */
  readonly cacheFolder: () => Promise<string>;
}

/**
 * @param dataDirectory the real path, without symbolic links.
 * @param version that of the PostgreSQL which is to run the cluster.
 * @param processUser the number of the user that runs this process.
 * @param systemFolders where root keeps what its data folder cannot hold.
 */
export async function chooseClusterHome(
  dataDirectory: string,
  version: string,
  processUser = process.getuid?.(),
  systemFolders = SYSTEM_FOLDERS,
): Promise<ClusterHome> {
  const cluster = join(dataDirectory, 'postgresql');
  const owner = await stat(cluster).catch(undefinedIfMissing);
  if (processUser === 0) {
    const isMade = await hasCluster(cluster, version);
    if (isMade && owner !== undefined) return await stay(dataDirectory, owner, systemFolders.cache);
    return await settleForRoot(dataDirectory, version, systemFolders);
  }
  if (owner !== undefined && owner.uid !== processUser) {
    throw new EmbeddedPostgresError(
      `The database in ${cluster} belongs to the user with the number ${owner.uid}, so this user (${processUser}) ` +
        'cannot run it: start Parley as root or as that user, choose another folder with DATA_DIR, or set DATABASE_URL.',
    );
  }
  return {
    user: ServerUser.ofThisProcess(),
    folder: dataDirectory,
    isEmpty: !(await hasCluster(cluster, version)),
    cacheFolder: () => Promise.resolve(dataDirectory),
  };
}

/** Root uses a cluster that is there already: its owner, who alone may run it, has to reach it. */
async function stay(
  folder: string,
  owner: { readonly uid: number; readonly gid: number },
  cache: string,
): Promise<ClusterHome> {
  const user = ServerUser.owning(owner);
  const cluster = join(folder, 'postgresql');
  if (owner.uid === 0) {
    throw new EmbeddedPostgresError(
      `The database in ${cluster} belongs to root, and PostgreSQL refuses to run as root: give that folder to another ` +
        'user (chown -R), choose another folder with DATA_DIR, or set DATABASE_URL.',
    );
  }
  if (!(await user.canEnter(cluster))) {
    throw new EmbeddedPostgresError(
      `The database in ${cluster} belongs to ${user.label}, who cannot enter that folder: let others pass through ` +
        'the folders above it (chmod o+x), choose another folder with DATA_DIR, or set DATABASE_URL.',
    );
  }
  return { user, folder, isEmpty: false, cacheFolder: () => makePublicFolder(cache) };
}

/** Root makes a cluster: in the data folder if the account that will run it gets there, else in a system folder. */
async function settleForRoot(
  dataDirectory: string,
  version: string,
  { data, cache }: typeof SYSTEM_FOLDERS,
): Promise<ClusterHome> {
  const user = await ServerUser.unprivileged();
  const cacheFolder = () => makePublicFolder(cache);
  const digest = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12);
  const elsewhere = join(data, digest);
  // A database made there earlier stays in use, even if its user could enter the data folder by now.
  const isEmpty = !(await hasCluster(join(elsewhere, 'postgresql'), version));
  if (isEmpty && (await user.canEnter(dataDirectory))) {
    return { user, folder: dataDirectory, isEmpty, cacheFolder };
  }
  const relocation =
    `The database of ${dataDirectory} is kept in ${elsewhere}: PostgreSQL refuses to run as root, and ${user.label}, ` +
    'who runs it instead, could not enter that folder.';
  const folder = await makePublicFolder(elsewhere);
  if (!(await user.canEnter(folder))) {
    throw new EmbeddedPostgresError(
      `${relocation} But neither can it enter ${folder}: set DATA_DIR to a folder it can reach, or set DATABASE_URL.`,
    );
  }
  return { user, folder, isEmpty, relocation, cacheFolder };
}

/** Makes a folder that everybody can enter, whatever the umask. Leaves those that exist as they are. */
async function makePublicFolder(folder: string): Promise<string> {
  if ((await stat(folder).catch(undefinedIfMissing)) !== undefined) return folder;
  await makePublicFolder(dirname(folder));
  try {
    await mkdir(folder);
    await chmod(folder, 0o755);
  } catch (error) {
    // Another process was faster.
    if (errorCode(error) === 'EEXIST') return folder;
    throw new EmbeddedPostgresError(
      `PostgreSQL, which refuses to run as root, needs the folder ${folder} (${errorText(error)}): start Parley ` +
        'as an ordinary user, set DATA_DIR to a folder that others can enter, or set DATABASE_URL.',
      { cause: error },
    );
  }
  return folder;
}
