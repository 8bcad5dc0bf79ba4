import { readFile } from 'node:fs/promises';

const KILOBYTES_PER_MEGABYTE = 1_024;

function megabytes(text, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found === null ? null : Number(found[1]) / KILOBYTES_PER_MEGABYTE;
}

/**
 * What a process holds, in MiB: all resident pages (`rss`), and with each shared page divided by the number of
 * its users (`pss`). Null where the system has no /proc.
 */
export async function memoryOf(pid) {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return { rss: megabytes(rollup, 'Rss'), pss: megabytes(rollup, 'Pss') };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EACCES') {
      return { rss: null, pss: null };
    }
    throw error;
  }
}
