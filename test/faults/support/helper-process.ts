import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const running = new Set<ChildProcess>();

/** A process that helps a scenario and says what came of it in one line of JSON when it ends. */
export class HelperProcess<Result> {
  readonly result: Promise<Result>;
  private readonly child: ChildProcess;

  constructor(script: 'flood.ts' | 'prober.ts', argument: string) {
    // Node takes the types out by itself.
    this.child = spawn(process.execPath, ['--no-warnings', join(__dirname, script), argument], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(this.child);
    let text = '';
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    this.result = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', () => {
        running.delete(this.child);
        try {
          resolve(JSON.parse(text) as Result);
        } catch (cause) {
          reject(new Error(`${script} ended without a result`, { cause }));
        }
      });
    });
  }

  stop(): Promise<Result> {
    this.child.kill('SIGTERM');
    return this.result;
  }
}

// A failed scenario must not leave its load behind.
afterAll(() => {
  running.forEach((child) => child.kill('SIGKILL'));
});
