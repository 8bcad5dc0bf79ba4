import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { ServerUser } from './server-user.js';

const PREFIX = 'parley-pg-';
/** Only names the socket: the folder is private, so nothing else can have taken the number. */
export const SOCKET_PORT = 5432;
/** macOS has room for 103 bytes, Linux for 107. */
const SOCKET_PATH_LIMIT = 103;

export function socketPath(folder: string, port: number): string {
  return join(folder, `.s.PGSQL.${port}`);
}

/**
 * Chooses the path of a folder for the server's socket. It is made and removed by the process that supervises
 * the server, as one that only the server's user (and root) can enter. That privacy is what guards the
 * database: the server asks for no password and listens nowhere else.
 */
export async function chooseSocketFolder(user: ServerUser, parents = [tmpdir(), '/tmp']): Promise<string> {
  for (const parent of parents.map((path) => resolve(path))) {
    const folder = join(parent, PREFIX + randomBytes(6).toString('hex'));
    const isShortEnough = Buffer.byteLength(socketPath(folder, SOCKET_PORT)) <= SOCKET_PATH_LIMIT;
    if (isShortEnough && (await user.canWriteIn(parent))) return folder;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL needs a folder for its socket, but ${user.label} cannot use ${parents.join(' or ')}, or the ` +
      'path is too long: point TMPDIR to a folder with a short path, or set DATABASE_URL.',
  );
}

export function isSocketFolder(folder: string): boolean {
  return /^parley-pg-[0-9a-f]{12}$/.test(basename(folder));
}

export async function removeSocketFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
