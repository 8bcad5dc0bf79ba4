import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { makeCluster } from '../../../src/database/embedded/cluster.js';
import {
  findBinaries,
  prepareBinaries,
  type PostgresBinaries,
} from '../../../src/database/embedded/postgres-binaries.js';
import { SERVER_ENVIRONMENT, ServerUser } from '../../../src/database/embedded/server-user.js';
import { migrateAll } from '../../../src/database/open-database.js';
import { testConfiguration } from '../../support/test-configuration.js';
import { freePort } from '../../support/service-process.js';
import { familyOf, signalAll } from './process-tree.js';

const DATABASE = 'postgres';
const READY_WITHIN_MS = 60_000;

const running = new Set<PostgresInstance>();

/**
 * A PostgreSQL of the scenario's own on loopback, which can be killed, frozen, and started again at the same
 * port on the same data. A commit is told after it is written, as in production.
 */
export class PostgresInstance {
  private child: ChildProcess | undefined;
  private frozen: readonly number[] = [];

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly binaries: PostgresBinaries,
    private readonly user: ServerUser,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings more of postgresql.conf, such as `max_connections=20` */
  static async start(...settings: string[]): Promise<PostgresInstance> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-faults-pg-'));
    // Run by root, the server is another user, who must get there.
    chmodSync(folder, 0o755);
    const user = process.getuid?.() === 0 ? await ServerUser.unprivileged() : ServerUser.ofThisProcess();
    const packaged = await findBinaries(process.platform, process.arch);
    const binaries = await prepareBinaries(
      packaged,
      user,
      () => Promise.resolve(folder),
      () => undefined,
    );
    await user.takeOver(folder);
    await makeCluster(folder, binaries, user, 'durable');
    const postgres = new PostgresInstance(await freePort(), folder, binaries, user, settings);
    running.add(postgres);
    await postgres.restart();
    await migrateAll({ url: postgres.url }, testConfiguration().database);
    return postgres;
  }

  get url(): string {
    return this.urlAt(this.port);
  }

  /** The same database behind another port: that of a proxy or a pooler. */
  urlAt(port: number): string {
    return `postgresql://postgres@127.0.0.1:${port}/${DATABASE}`;
  }

  /** Starts the server where it is not running, and waits until it answers; after a crash it first recovers. */
  async restart(): Promise<void> {
    await this.launch();
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await this.answers())) {
      if (Date.now() > deadline || this.child?.exitCode !== null) {
        throw new Error(`PostgreSQL did not start:\n${this.log}`);
      }
      await delay(20);
    }
  }

  /** Starts the server and does not wait for it. */
  async launch(): Promise<void> {
    const options = ['listen_addresses=127.0.0.1', `port=${this.port}`, 'unix_socket_directories=']
      // Processes are killed here, never the machine: what they have written to the system is safe without fsync.
      .concat(
        'fsync=off',
        'max_connections=100',
        'io_method=sync',
        'log_min_error_statement=panic',
        this.settings,
      )
      .flatMap((setting) => ['-c', setting]);
    const log = openSync(join(this.folder, 'server.log'), 'a');
    this.child = spawn(
      join(this.binaries.folder, 'bin', 'postgres'),
      ['-D', join(this.folder, 'postgresql'), ...options],
      { ...this.user.credentials, cwd: '/', env: SERVER_ENVIRONMENT, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    await once(this.child, 'spawn');
  }

  /** At this very moment, with every process it has, as when its machine dies. */
  async kill(): Promise<void> {
    this.frozen = [];
    await this.end((pid) => signalAll(familyOf(pid), 'SIGKILL'));
  }

  /** Connections stay open and nothing answers any more, as on a machine whose disk hangs. */
  freeze(): void {
    const pid = this.child?.pid;
    if (pid === undefined) {
      return;
    }
    // The head first: it must not start another process while its others are being stopped.
    signalAll([pid], 'SIGSTOP');
    this.frozen = familyOf(pid);
    signalAll(this.frozen, 'SIGSTOP');
  }

  thaw(): void {
    signalAll(this.frozen.toReversed(), 'SIGCONT');
    this.frozen = [];
  }

  /** An orderly end that cuts the connections: a restart by its operator. */
  async stop(): Promise<void> {
    this.thaw();
    await this.end((pid) => signalAll([pid], 'SIGINT'));
  }

  /** Ends the server and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    running.delete(this);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 5_000,
      // Also while a scenario has made the server one that only reads.
      options: '-c default_transaction_read_only=off',
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** The end of what the server has written. */
  get log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8').split('\n').slice(-30).join('\n');
  }

  private async answers(): Promise<boolean> {
    try {
      await this.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  private async end(signal: (pid: number) => void): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = once(child, 'exit');
    signal(child.pid);
    await ended;
  }
}

// A failed scenario must not leave a server running.
afterAll(async () => {
  await Promise.all([...running].map((postgres) => postgres.remove()));
});
