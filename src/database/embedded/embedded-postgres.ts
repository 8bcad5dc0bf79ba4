import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCluster } from './cluster.js';
import { chooseClusterHome } from './cluster-home.js';
import { DataFolderLock } from './data-folder-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorText } from './error-facts.js';
import { findBinaries, type PostgresBinaries, prepareBinaries } from './postgres-binaries.js';
import { PostgresServer } from './postgres-server.js';
import { startAfterPreviousServer } from './previous-server.js';

export { EmbeddedPostgresError };

export interface EmbeddedPostgresOptions {
  /**
   * Folder that holds (or will hold) the cluster; absolute. The cluster is kept in `postgresql` inside it, or,
   * when root starts it and PostgreSQL's user cannot enter the folder, in a system folder.
   */
  readonly dataDirectory: string;
  /** `durable` survives a power cut; `disposable` is for tests and trades that for speed. */
  readonly durability: 'durable' | 'disposable';
  /** Told, in plain words, what a reader of the console should know. */
  readonly inform: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** For node-postgres; `host` is the folder of a Unix socket. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Where the cluster really is. */
  readonly clusterDirectory: string;
  /** Resolves when the server has ended, for whatever reason, and the data folder is free again. */
  readonly ended: Promise<void>;
  /** Ends the server within 20 seconds. May be called again at any time. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL that belongs to this process and ends with it, even when it is killed. It handles no
 * signals: closing connections first and then calling `stop` is up to the caller.
 *
 * @throws EmbeddedPostgresError in plain words: another process uses the folder, the database is of another
 * major version, this platform has no package, the server could not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const packaged = await findBinaries(process.platform, process.arch);
    await mkdir(options.dataDirectory, { recursive: true });
    const dataDirectory = await realpath(options.dataDirectory);
    const lock = await DataFolderLock.acquire(dataDirectory);
    try {
      const { server, clusterDirectory } = await startServer(dataDirectory, packaged, options);
      return keepRunning(server, clusterDirectory, lock, options.inform);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL could not start: ${errorText(error)}. Choose another folder with DATA_DIR, or set ` +
        'DATABASE_URL to a PostgreSQL of yours.',
      { cause: error },
    );
  }
}

async function startServer(
  dataDirectory: string,
  packaged: PostgresBinaries,
  { durability, inform }: EmbeddedPostgresOptions,
): Promise<{ server: PostgresServer; clusterDirectory: string }> {
  const { user, folder, isEmpty, relocation, cacheFolder } = await chooseClusterHome(
    dataDirectory,
    packaged.version,
  );
  if (relocation !== undefined) inform(relocation);
  const clusterDirectory = join(folder, 'postgresql');
  const binaries = await prepareBinaries(packaged, user, cacheFolder, inform);
  if (isEmpty) await makeCluster(folder, binaries, user, durability);
  const server = await startAfterPreviousServer(clusterDirectory, () =>
    PostgresServer.start(clusterDirectory, binaries, user, durability),
  );
  return { server, clusterDirectory };
}

function keepRunning(
  server: PostgresServer,
  clusterDirectory: string,
  lock: DataFolderLock,
  inform: (message: string) => void,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  let hasEnded = false;
  const ended = server.ended.then(async () => {
    hasEnded = true;
    if (stopping === undefined)
      inform(`The embedded PostgreSQL ended by itself. It said:\n${server.lastWords}`);
    await lock.release();
  });
  const stop = async (): Promise<void> => {
    if (!hasEnded) {
      // A courtesy to who comes next; a full disk must not keep the server from ending.
      await lock.announceEnd().catch((error: unknown) => inform(errorText(error)));
      await server.stop();
    }
    await ended;
  };
  return {
    connection: server.connection,
    clusterDirectory,
    ended,
    stop: () => (stopping ??= stop()),
  };
}
