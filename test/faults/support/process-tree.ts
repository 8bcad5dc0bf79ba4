import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly residentKb: number;
}

function allProcesses(): ProcessLine[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, residentKb = 0]) => ({ pid, parent, residentKb }));
}

/** A process and everything it has started; PostgreSQL gives each of its processes a group of its own. */
export function familyOf(pid: number): number[] {
  const processes = allProcesses();
  const family = [pid];
  for (const member of family) {
    family.push(...processes.filter(({ parent }) => parent === member).map((each) => each.pid));
  }
  return family;
}

/** Signals those that are still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }
}

/** Resident memory in MB; undefined when the process is gone. */
export function residentMb(pid: number): number | undefined {
  if (existsSync('/proc/self/status')) {
    // Not `ps`, which would hold up everything else in this process for a while.
    const status = `/proc/${pid}/status`;
    const kb = existsSync(status) ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
    return kb === undefined ? undefined : Number(kb) / 1024;
  }
  const found = allProcesses().find((each) => each.pid === pid);
  return found === undefined ? undefined : found.residentKb / 1024;
}
