import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerUser } from '../../src/database/embedded/server-user.js';
import type { DatabaseConnection } from '../../src/database/database-connection.js';
import { freePort } from './service-process.js';

const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;

/** Tests that need PgBouncer run where it is installed; elsewhere they are skipped, with the reason. */
export const describeWithPgBouncer = isInstalled
  ? describe
  : (name: string, tests: () => void): void => {
      describe.skip(`${name} (skipped: no pgbouncer on the PATH)`, tests);
    };

/** A PgBouncer in transaction mode before the test's PostgreSQL. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly url: string,
  ) {}

  static async start(connection: DatabaseConnection, poolSize: number): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-pgbouncer-'));
    chmodSync(folder, 0o755);
    const [port, server] = [await freePort(), serverOf(connection)];
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(
      file,
      [
        ...['[databases]', `* = host=${server.host} port=${server.port} user=${server.user}`, '[pgbouncer]'],
        ...['listen_addr=127.0.0.1', `listen_port=${port}`, 'unix_socket_dir=', 'auth_type=any'],
        ...['pool_mode=transaction', `default_pool_size=${poolSize}`, 'max_client_conn=200'],
      ].join('\n'),
    );
    const user = process.getuid?.() === 0 ? await ServerUser.unprivileged() : ServerUser.ofThisProcess();
    const child = spawn('pgbouncer', [file], { ...user.credentials, stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const text of child.stderr.setEncoding('utf8')) {
      if (String(text).includes('process up')) {
        break;
      }
    }
    return new PgBouncer(child, folder, `postgresql://${server.user}@127.0.0.1:${port}/${server.database}`);
  }

  /** The database behind the pooler. */
  get databaseUrl(): string {
    return this.url;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function serverOf(connection: DatabaseConnection): {
  host: string;
  port: number;
  user: string;
  database: string;
} {
  if (!('url' in connection)) {
    return connection;
  }
  const { hostname, port, username, pathname } = new URL(connection.url);
  return { host: hostname, port: Number(port || '5432'), user: username, database: pathname.slice(1) };
}
