import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorCode, errorText } from './error-facts.js';
import { isSocketFolder, removeSocketFolder, socketPath } from './socket-folder.js';

const PATIENCE_MS = 15_000;
/** A server that is starting or ending has no socket for an instant; a longer silence means there is none. */
const SILENCE_MS = 2_000;
/**
 * How PostgreSQL says that others still use the cluster: a server that had not yet signed in when its process
 * was killed, or the connections of a server that was killed itself.
 */
const STILL_HELD = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;

interface PreviousServer {
  readonly processId: number;
  readonly socketFolder: string;
  readonly port: number;
}

/**
 * Waits until the server of an earlier process has let go of the cluster. Call it with the data folder
 * locked: whoever started that server is gone, so it is either ending, or an orphan, or only a leftover file.
 *
 * @throws EmbeddedPostgresError when it still runs after `patienceMs`.
 */
export async function waitForPreviousServer(
  clusterDirectory: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const startedAt = performance.now();
  let lastHeardAt = startedAt;
  let previous: PreviousServer | undefined;
  for (;;) {
    const server = await readServer(clusterDirectory);
    previous = server ?? previous;
    if (server === undefined || !isAlive(server.processId)) break;
    if (await listens(server)) {
      lastHeardAt = performance.now();
      // Its supervisor was killed as well. Ours to end only if we made it: the socket folder tells.
      if (isSocketFolder(server.socketFolder)) signal(server.processId, 'SIGINT');
    } else if (performance.now() - lastHeardAt > SILENCE_MS) {
      // The number belongs to an unrelated process by now, as it soon does in a restarted container.
      // PostgreSQL would take that one for its predecessor and refuse to start for ever.
      await rm(join(clusterDirectory, 'postmaster.pid'), { force: true });
      break;
    }
    if (performance.now() - startedAt > patienceMs) {
      throw new EmbeddedPostgresError(
        `A PostgreSQL server (process ${server.processId}) still uses ${clusterDirectory}. Stop it, or choose ` +
          'another folder with DATA_DIR, or set DATABASE_URL.',
      );
    }
    await delay(50);
  }
  if (previous !== undefined && isSocketFolder(previous.socketFolder)) {
    await removeSocketFolder(previous.socketFolder);
  }
}

/** Starts a server once the one before it has let go of the cluster. */
export async function startAfterPreviousServer<T>(
  clusterDirectory: string,
  start: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    await waitForPreviousServer(clusterDirectory, patienceMs);
    try {
      return await start();
    } catch (error) {
      if (!STILL_HELD.test(errorText(error)) || performance.now() - startedAt > patienceMs) throw error;
      await delay(100);
    }
  }
}

async function readServer(clusterDirectory: string): Promise<PreviousServer | undefined> {
  try {
    const lines = (await readFile(join(clusterDirectory, 'postmaster.pid'), 'utf8')).split('\n');
    // Negative for a single-user server. Later lines are missing while it starts.
    const processId = Math.abs(Number(lines[0]));
    if (!Number.isInteger(processId) || processId === 0) return undefined;
    return { processId, port: Number(lines[3] ?? 0), socketFolder: lines[4] ?? '' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(processId: number): boolean {
  return signal(processId, 0);
}

/** Returns false when there is no such process. */
function signal(processId: number, name: 'SIGINT' | 0): boolean {
  try {
    return process.kill(processId, name);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    // It exists and belongs to somebody else.
    if (errorCode(error) === 'EPERM') return true;
    throw error;
  }
}

async function listens({ socketFolder, port }: PreviousServer): Promise<boolean> {
  if (socketFolder === '') return false;
  return await new Promise((resolve) => {
    const socket = connect(socketPath(socketFolder, port));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
