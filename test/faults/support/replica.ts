import { setTimeout as delay } from 'node:timers/promises';
import { freePort, ServiceProcess, type Exit } from '../../support/service-process.js';
import { residentMb } from './process-tree.js';

const LAST_WORDS = 4_000;

/** One replica of the service: real processes, one after the other, at one address. */
export class Replica {
  /** How many processes ended although nobody stopped or killed them. */
  crashes = 0;
  private process: ServiceProcess | undefined;
  private isEndWanted = false;

  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async create(name: string, settings: Readonly<Record<string, string>>): Promise<Replica> {
    const port = await freePort();
    return new Replica(name, port, { ...settings, PORT: String(port) });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get current(): ServiceProcess {
    if (this.process === undefined) {
      throw new Error(`the replica ${this.name} has not been started`);
    }
    return this.process;
  }

  get pid(): number {
    return this.current.pid ?? 0;
  }

  get residentMb(): number | undefined {
    return residentMb(this.pid);
  }

  /** Starts a process and returns at once; `more` is added to the replica's settings. */
  spawn(more: Readonly<Record<string, string>> = {}): void {
    const started = ServiceProcess.spawn({ ...this.settings, ...more });
    this.process = started;
    void started.exited.then((exit) => this.noteEnd(started, exit));
  }

  /** Starts a process and waits until it is ready. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    this.spawn(more);
    await this.untilReady();
  }

  /** Asks the probe, as an orchestrator does; rejects when the process ends without becoming ready. */
  async untilReady(): Promise<void> {
    let exit: Exit | undefined;
    void this.current.exited.then((ended) => (exit = ended));
    while ((await this.probe('/readyz')) !== 200) {
      if (exit !== undefined) {
        throw new Error(`the replica ${this.name} ended: ${JSON.stringify(exit)}\n${this.current.output}`);
      }
      await delay(20);
    }
  }

  /** The status of a probe on a connection of its own, as kubelet asks; undefined without an answer in time. */
  async probe(path: '/livez' | '/readyz' | '/startupz', withinMs = 1_000): Promise<number | undefined> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        headers: { connection: 'close', 'user-agent': 'kube-probe/1.33' },
        signal: AbortSignal.timeout(withinMs),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return undefined;
    }
  }

  stop(): Promise<Exit> {
    this.isEndWanted = true;
    return this.current.stop();
  }

  kill(): Promise<Exit> {
    this.isEndWanted = true;
    return this.current.kill();
  }

  /** A process that ends by itself is what no fault may bring about: whoever reads the run must see its words. */
  private noteEnd(ended: ServiceProcess, exit: Exit): void {
    if (!this.isEndWanted) {
      this.crashes += 1;
      process.stdout.write(
        `\n!! ${this.name} ended by itself: ${JSON.stringify(exit)}\n${ended.output.slice(-LAST_WORDS)}\n`,
      );
    }
    this.isEndWanted = false;
  }
}
