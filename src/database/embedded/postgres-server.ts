import { join } from 'node:path';
import { Client } from 'pg';
import { DATABASE_USER } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorCode, errorText } from './error-facts.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './server-user.js';
import { chooseSocketFolder, removeSocketFolder, SOCKET_PORT } from './socket-folder.js';
import { SupervisedProcess } from './supervised-process.js';

/** Generous: after a power cut the server first replays its log. */
const READY_WITHIN_MS = 60_000;
const FAST_STOP_WITHIN_MS = 10_000;
/** An immediate end gives its processes 5 seconds before it kills them. */
const IMMEDIATE_STOP_WITHIN_MS = 7_000;
const KILLED_WITHIN_MS = 3_000;

/** Not there yet: no socket, nobody behind it, or "the database system is starting up". */
const NOT_READY_CODES: readonly unknown[] = ['ENOENT', 'ECONNREFUSED', '57P03'];

/** One running PostgreSQL that serves a cluster on a private socket and ends with this process. */
export class PostgresServer {
  /** Resolves when the server and all its processes are gone, and its socket folder too. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly process: SupervisedProcess,
    private readonly socketFolder: string,
  ) {
    // The supervisor does this unless it was killed.
    this.ended = process.ended.then(async () => await removeSocketFolder(socketFolder));
  }

  /** @throws EmbeddedPostgresError with the server's last words when it ends instead of becoming ready. */
  static async start(
    clusterDirectory: string,
    binaries: PostgresBinaries,
    user: ServerUser,
    durability: 'durable' | 'disposable',
  ): Promise<PostgresServer> {
    const socketFolder = await chooseSocketFolder(user);
    const settings = settingsFor(durability, socketFolder).flatMap((setting) => ['-c', setting]);
    const command = [join(binaries.folder, 'bin', 'postgres'), '-D', clusterDirectory, ...settings];
    const server = new PostgresServer(
      await SupervisedProcess.start(command, user, socketFolder),
      socketFolder,
    );
    await server.untilReady();
    return server;
  }

  get connection() {
    return { host: this.socketFolder, port: SOCKET_PORT, user: DATABASE_USER, database: 'postgres' } as const;
  }

  get lastWords(): string {
    return this.process.lastWords;
  }

  /** Asks for an orderly end, then for an immediate one, then takes it. At most 20 seconds. */
  async stop(fastMs = FAST_STOP_WITHIN_MS, immediateMs = IMMEDIATE_STOP_WITHIN_MS): Promise<void> {
    this.process.interrupt();
    if (await this.process.endsWithin(fastMs)) return;
    this.process.signal('SIGQUIT');
    if (await this.process.endsWithin(immediateMs)) return;
    this.process.signal('SIGKILL');
    if (await this.process.endsWithin(KILLED_WITHIN_MS)) return;
    throw new EmbeddedPostgresError(`The embedded PostgreSQL cannot be ended. It said:\n${this.lastWords}`);
  }

  private async untilReady(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    while (!(await this.process.endsWithin(20))) {
      const error = await this.connectionError();
      if (error === undefined) return;
      if (NOT_READY_CODES.includes(errorCode(error)) && performance.now() < deadline) continue;
      // A connection that broke because the server is just ending: its own words say more.
      if (await this.process.endsWithin(1_000)) break;
      await this.stop();
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL runs but accepts no connection (${errorText(error)}). It said:\n${this.lastWords}`,
        { cause: error },
      );
    }
    await this.ended;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL ended while it was starting. It said:\n${this.lastWords}`,
    );
  }

  private async connectionError(): Promise<unknown> {
    const client = new Client({ ...this.connection, ssl: false, connectionTimeoutMillis: 30_000 });
    // `connect` rejects with the same error.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await client.end();
    }
  }
}

function settingsFor(durability: 'durable' | 'disposable', socketFolder: string): readonly string[] {
  const isDurable = durability === 'durable';
  return [
    // A list, in which quotes keep a comma from parting a path.
    `unix_socket_directories="${socketFolder.replaceAll('"', '""')}"`,
    `port=${SOCKET_PORT}`,
    'listen_addresses=',
    // One service, its job queue and a few tools; a test run adds one pool per worker.
    `max_connections=${isDurable ? 40 : 60}`,
    // Small: 24 MB instead of 36, and 11 processes instead of 15.
    'shared_buffers=16MB',
    'io_method=sync',
    'autovacuum_max_workers=1',
    'max_logical_replication_workers=0',
    // What the server says goes into a short memory of its last words. A failing statement is the business of
    // whoever sent it, and may hold personal data.
    'log_min_messages=log',
    'log_min_error_statement=panic',
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
}
