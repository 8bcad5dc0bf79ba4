const CHECK_INTERVAL_MS = 500;

/**
 * Calls back once when the process that started this one is gone, even by `kill -9`. For `npm start`: npm is
 * what its user sees and ends, and nothing may be left running behind it.
 */
export function whenParentEnds(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(timer);
      callback();
    }
  }, CHECK_INTERVAL_MS);
  timer.unref();
}
