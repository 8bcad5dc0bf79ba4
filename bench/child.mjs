/** Child processes of the benchmark; each is ended by its own id, whatever happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const STOP_TIMEOUT_MS = 15_000;
const running = new Set();

/**
 * @param file relative to this folder.
 * @param environment all of it: nothing of the caller's settings may leak into what is measured.
 */
export function startChild(file, { parameters = [], nodeOptions = [], environment = {}, cwd } = {}) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, path, ...parameters], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** The child's next message; fails when the child ends first or stays silent. */
export async function nextMessage(child, timeoutMs) {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`${child.spawnargs.at(1)} ended with ${code ?? by}`);
      }),
      delay(timeoutMs, undefined, { signal }).then(() => {
        throw new Error(`${child.spawnargs.at(1)} said nothing for ${timeoutMs} ms`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}

export async function stopChild(child) {
  if (!running.has(child)) {
    return;
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = delay(STOP_TIMEOUT_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
  await Promise.race([ended, force.then(() => ended)]);
}

export async function stopAllChildren() {
  await Promise.all([...running].map(stopChild));
}

/** For when there is no time left to wait. */
export function killAllChildren() {
  for (const child of running) {
    child.kill('SIGKILL');
  }
}
