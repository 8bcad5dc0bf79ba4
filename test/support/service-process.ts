import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client.js';
import { TEST_ENVIRONMENT } from './test-configuration.js';

const DIST = join(import.meta.dirname, '../../dist/src');
const READY_LINE = /Parley is ready at (http:\/\/[^\s"]+)/;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ServiceProcess>();
let workingDirectory: string | undefined;

/** The built service, or one of its command lines, in a process of its own that can be killed. */
export class ServiceProcess {
  /** Settles when the process has ended and everything it said has been read. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;
  private readonly said = { stdout: '', stderr: '' };
  private hasEnded = false;

  private constructor(
    script: string,
    args: readonly string[],
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    workingDirectory ??= mkdtempSync(join(tmpdir(), 'parley-process-'));
    this.child = spawn(process.execPath, [join(DIST, script), ...args], {
      // Neither the settings of whoever runs the tests nor a `.env` file of theirs may reach the service.
      cwd: workingDirectory,
      env: {
        PATH: process.env['PATH'],
        ...TEST_ENVIRONMENT,
        LOG_LEVEL: 'warn',
        METRICS_PORT: '0',
        DATA_DIR: join(workingDirectory, 'data'),
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this.said[stream] += text;
      });
    }
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        running.delete(this);
        resolve({ code, signal });
      });
    });
    running.add(this);
  }

  /** Starts the service and returns at once; see {@link ready}. */
  static spawn(settings: Readonly<Record<string, string>>): ServiceProcess {
    return new ServiceProcess('main.js', [], settings);
  }

  /** Starts the service and waits until it serves. */
  static async start(settings: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(settings);
    await service.ready();
    return service;
  }

  /** Runs one of the command lines. */
  static command(
    script: string,
    args: readonly string[],
    settings: Readonly<Record<string, string>>,
  ): ServiceProcess {
    return new ServiceProcess(script, args, settings);
  }

  /** Runs the migration command line. */
  static migrate(settings: Readonly<Record<string, string>>): ServiceProcess {
    return new ServiceProcess('database/migration.cli.js', ['run'], settings);
  }

  /** Known once the service is ready, or from the beginning where PORT names it. */
  get url(): string {
    const { PORT: port = '0' } = this.settings;
    const url = port === '0' ? READY_LINE.exec(this.said.stdout)?.[1] : `http://127.0.0.1:${port}`;
    if (url === undefined) {
      throw new Error(`the service is not ready yet\n${this.output}`);
    }
    return url;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get api(): ApiClient {
    return new ApiClient(this.url);
  }

  get stdout(): string {
    return this.said.stdout;
  }

  get stderr(): string {
    return this.said.stderr;
  }

  get output(): string {
    return `${this.stdout}${this.stderr}`;
  }

  async ready(): Promise<void> {
    await this.saying(READY_LINE);
  }

  /** Waits until standard output has a match; rejects when the process ends without one. */
  async saying(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout)) {
      if (this.hasEnded) {
        throw new Error(`the process ended without saying ${pattern.source}\n${this.output}`);
      }
      await Promise.race([new Promise((resolve) => this.child.stdout?.once('data', resolve)), this.exited]);
    }
  }

  /** Asks for an orderly end, as an orchestrator does. */
  stop(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** Ends the process as a crash does: at this very moment, without a chance to clear up. */
  kill(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// A failed test must not leave a service running.
afterAll(async () => {
  await Promise.all([...running].map((service) => service.kill()));
  if (workingDirectory !== undefined) {
    rmSync(workingDirectory, { recursive: true, force: true });
  }
});
