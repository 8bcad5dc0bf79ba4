import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  startAfterPreviousServer,
  waitForPreviousServer,
} from '../../src/database/embedded/previous-server.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('server of an earlier process', () => {
  let cluster: string;

  beforeEach(async () => {
    cluster = await scratchFolder();
  });

  afterEach(removeScratchFolders);

  async function signIn(processId: number | undefined, socketFolder = ''): Promise<void> {
    await writeFile(join(cluster, 'postmaster.pid'), `${processId}\n${cluster}\n1\n5432\n${socketFolder}\n`);
  }

  it('is not waited for when there is none', async () => {
    await waitForPreviousServer(cluster, 0);
  });

  it('is swept up after when it was killed', async () => {
    const socketFolder = join(cluster, 'parley-pg-0123456789ab');
    const foreignFolder = join(cluster, 'somebody-else');
    const dead = spawn('true');
    await once(dead, 'exit');
    for (const folder of [socketFolder, foreignFolder]) {
      await mkdir(folder);
      await signIn(dead.pid, folder);
      await waitForPreviousServer(cluster, 0);
    }
    expect(existsSync(socketFolder)).toBe(false);
    expect(existsSync(foreignFolder)).toBe(true);
  });

  it('is left alone, with a plain word, when somebody else runs it', async () => {
    const listener = createServer().listen(join(cluster, '.s.PGSQL.5432'));
    await once(listener, 'listening');
    await signIn(process.pid, cluster);
    await expect(waitForPreviousServer(cluster, 100)).rejects.toThrow(
      `A PostgreSQL server (process ${process.pid}) still uses ${cluster}. Stop it, or choose another folder with ` +
        'DATA_DIR, or set DATABASE_URL.',
    );
    await new Promise((resolve) => listener.close(resolve));
  });

  it('may sign in late: then it is waited for and the start repeated', async () => {
    const late = spawn('cat');
    let starts = 0;
    const started = await startAfterPreviousServer(cluster, async () => {
      starts += 1;
      if (starts > 1) return 'started';
      await signIn(late.pid);
      late.stdin.end();
      throw new Error('lock file "postmaster.pid" already exists');
    });
    expect([started, starts]).toEqual(['started', 2]);
    expect(late.exitCode).toBe(0);
  });

  it('is given up when it holds the cluster for too long', async () => {
    const start = jest
      .fn()
      .mockRejectedValue(new Error('FATAL: pre-existing shared memory block (key 1) is in use'));
    await expect(startAfterPreviousServer(cluster, start, 50)).rejects.toThrow('shared memory');
    expect(start.mock.calls.length).toBeGreaterThan(1);
  });

  it('is not blamed when the start fails for another reason', async () => {
    const start = jest.fn().mockRejectedValue(new Error('disk full'));
    await expect(startAfterPreviousServer(cluster, start)).rejects.toThrow('disk full');
    expect(start).toHaveBeenCalledTimes(1);
  });

  it('may have left a file that says nothing', async () => {
    await writeFile(join(cluster, 'postmaster.pid'), '');
    await waitForPreviousServer(cluster, 0);
    await rm(join(cluster, 'postmaster.pid'));
  });

  it('is an error when its file cannot be read', async () => {
    await mkdir(join(cluster, 'postmaster.pid'));
    await expect(waitForPreviousServer(cluster, 0)).rejects.toThrow(/EISDIR/);
  });
});
