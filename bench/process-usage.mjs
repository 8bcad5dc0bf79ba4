import { readFile } from 'node:fs/promises';

const KILOBYTES_PER_MEGABYTE = 1_024;
/** Linux reports processor time in hundredths of a second, whatever its own clock does. */
const MS_PER_TICK = 10;

function megabytes(text, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found === null ? null : Number(found[1]) / KILOBYTES_PER_MEGABYTE;
}

/** What `read` gives, or `otherwise` where the system has no /proc or the process is not ours to look at. */
async function orElse(otherwise, read) {
  try {
    return await read();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EACCES') {
      return otherwise;
    }
    throw error;
  }
}

/**
 * What a process holds, in MiB: all resident pages (`rss`), and with each shared page divided by the number of
 * its users (`pss`). Null where the system has no /proc.
 */
export function memoryOf(pid) {
  return orElse({ rss: null, pss: null }, async () => {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return { rss: megabytes(rollup, 'Rss'), pss: megabytes(rollup, 'Pss') };
  });
}

/** The processor time a process has used so far, all its threads together, in ms; null without /proc. */
export function cpuMsOf(pid) {
  return orElse(null, async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets, which may hold spaces; utime and stime are the 14th and 15th.
    const [utime, stime] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (utime + stime) * MS_PER_TICK;
  });
}
