import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-facts.js';
import { SERVER_ENVIRONMENT, type ServerUser } from './server-user.js';

const LOG_LIMIT = 16_384;

/**
 * Ties a program to the life of this process. The system closes our end of the pipe however we end, SIGKILL
 * included; the watcher then reads end-of-file and stops the program. It repeats the signal because a shell
 * starts background programs with SIGINT ignored, so one sent too early would be lost.
 */
const SUPERVISOR = `
trap '' HUP INT QUIT TERM
scratch=$1
shift
[ -z "$scratch" ] || mkdir -m 700 "$scratch" || exit
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
(
  read -r _ <&3
  while kill -INT "$program"; do sleep 1; done
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$program"
code=$?
kill -KILL "$watcher"
[ -z "$scratch" ] || rm -rf "$scratch"
exit "$code"
`;

/** A program that ends when this process does. It has a process group of its own, so Ctrl-C spares it. */
export class SupervisedProcess {
  /** Resolves with the exit code once the program and all its children are gone; `null` if it was killed. */
  readonly ended: Promise<number | null>;
  private log = '';

  private constructor(private readonly child: ChildProcessByStdio<Writable, null, Readable>) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-LOG_LIMIT);
    });
    // Breaks when the program ends first, which `ended` reports.
    child.stdin.on('error', () => undefined);
    // Not 'exit': every child of the program holds the log pipe, so 'close' means that the last one is gone.
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  /**
   * @param scratchFolder made for the program, private to its user, and removed when the program has ended, even if
   * this process is gone by then.
   */
  static async start(
    command: readonly string[],
    user: ServerUser,
    scratchFolder = '',
  ): Promise<SupervisedProcess> {
    const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', scratchFolder, ...command], {
      ...user.credentials,
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    await once(child, 'spawn');
    return new SupervisedProcess(child);
  }

  /** The end of what the program has written. */
  get lastWords(): string {
    return this.log.trimEnd().split('\n').slice(-20).join('\n');
  }

  /** Interrupts the program as if this process had ended. */
  interrupt(): void {
    this.child.stdin.end();
  }

  /** Signals the program and the shell around it, which ignores all but SIGKILL. */
  signal(name: 'SIGQUIT' | 'SIGKILL'): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch (error) {
      // Gone already.
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  }

  async endsWithin(milliseconds: number): Promise<boolean> {
    const timer = new AbortController();
    const timeout = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
    const ended = await Promise.race([this.ended.then(() => true), timeout]);
    timer.abort();
    return ended;
  }
}
