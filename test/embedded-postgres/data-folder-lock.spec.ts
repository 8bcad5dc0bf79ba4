import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataFolderLock } from '../../src/database/embedded/data-folder-lock.js';
import { EmbeddedPostgresError } from '../../src/database/embedded/embedded-postgres.error.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('lock of the data folder', () => {
  afterAll(removeScratchFolders);

  it('goes to one of many who want it at the same moment', async () => {
    const folder = await scratchFolder();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => DataFolderLock.acquire(folder)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    const reasons = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    expect(winners).toHaveLength(1);
    expect(reasons.every((reason) => reason instanceof EmbeddedPostgresError)).toBe(true);
    await winners[0]?.value.release();
  });

  it('goes to the next when its owner lets it go', async () => {
    const folder = await scratchFolder();
    await (await DataFolderLock.acquire(folder)).release();
    await (await DataFolderLock.acquire(folder)).release();
  });

  it('is waited for longer when its owner is about to end', async () => {
    const folder = await scratchFolder();
    const ending = await DataFolderLock.acquire(folder);
    await ending.announceEnd();
    const next = DataFolderLock.acquire(folder);
    // Longer than anybody waits for an owner that goes on running.
    const early = await Promise.race([next, delay(1_500, 'still waiting')]);
    expect(early).toBe('still waiting');
    await ending.release();
    await (await next).release();
  });

  it('is waited for while its owner, having announced its end, takes its note away', async () => {
    const folder = await scratchFolder();
    const ending = await DataFolderLock.acquire(folder);
    await ending.announceEnd();
    const next = DataFolderLock.acquire(folder);
    expect(await Promise.race([next, delay(300, 'still waiting')])).toBe('still waiting');
    await rm(join(folder, 'postgresql.owner'));
    expect(await Promise.race([next, delay(1_500, 'still waiting')])).toBe('still waiting');
    await ending.release();
    await (await next).release();
  });

  it('is refused without a process number while the owner has not signed in', async () => {
    const folder = await scratchFolder();
    const lock = await DataFolderLock.acquire(folder);
    await writeFile(join(folder, 'postgresql.owner'), '');
    await expect(DataFolderLock.acquire(folder)).rejects.toThrow(/^Another Parley already uses the folder/);
    await lock.release();
  });

  it('is refused in plain words where no lock can be taken', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'postgresql.lock'));
    await expect(DataFolderLock.acquire(folder)).rejects.toThrow(
      /Cannot lock the file .*postgresql\.lock \(.+\)/,
    );
  });

  it('names its owner in a file that a person can read', async () => {
    const folder = await scratchFolder();
    const lock = await DataFolderLock.acquire(folder);
    expect(await readFile(join(folder, 'postgresql.owner'), 'utf8')).toBe(`${process.pid} running\n`);
    await lock.release();
  });
});
