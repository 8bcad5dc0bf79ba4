import { execFileSync } from 'node:child_process';

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
  const found = allProcesses().find((each) => each.pid === pid);
  return found === undefined ? undefined : found.residentKb / 1024;
}
