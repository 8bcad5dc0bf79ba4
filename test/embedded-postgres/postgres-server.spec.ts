import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCluster } from '../../src/database/embedded/cluster.js';
import { chooseClusterHome } from '../../src/database/embedded/cluster-home.js';
import { findBinaries } from '../../src/database/embedded/postgres-binaries.js';
import { PostgresServer } from '../../src/database/embedded/postgres-server.js';
import { ServerUser } from '../../src/database/embedded/server-user.js';
import { chooseSocketFolder } from '../../src/database/embedded/socket-folder.js';
import { prepareBinaries } from '../../src/database/embedded/postgres-binaries.js';
import { eventually, NOBODY, processesNaming } from './launcher-process.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('PostgreSQL server', () => {
  afterEach(removeScratchFolders);

  it('is ended by force when it does not end by itself', async () => {
    const home = await chooseClusterHome(await scratchFolder(), '18');
    const packaged = await findBinaries(process.platform, process.arch);
    const binaries = await prepareBinaries(packaged, home.user, home.cacheFolder, () => undefined);
    await makeCluster(home.folder, binaries, home.user, 'disposable');
    const cluster = join(home.folder, 'postgresql');
    const server = await PostgresServer.start(cluster, binaries, home.user, 'disposable');
    const [processId] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');

    // Frozen, it hears neither the polite signal nor the next.
    process.kill(Number(processId), 'SIGSTOP');
    try {
      await server.stop(100, 100);
    } catch (error) {
      process.kill(Number(processId), 'SIGKILL');
      throw error;
    }
    await server.ended;
    await eventually(async () => (await processesNaming(cluster)).length === 0);
    // Again: there is nothing left to signal.
    await server.stop(0, 0);
  });

  it('is not made from half of its files', async () => {
    const home = await scratchFolder();
    const folder = join(home, 'programs');
    await mkdir(join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'bin/initdb'), '#!/bin/sh\necho "no space left" >&2\nexit 1\n');
    await chmod(join(folder, 'bin/initdb'), 0o755);
    const binaries = { folder, version: '18' };
    await expect(makeCluster(home, binaries, ServerUser.ofThisProcess(), 'durable')).rejects.toThrow(
      /could not make a database in .*It said:\nno space left/,
    );
    expect(await readdir(home)).toEqual(['programs']);
  });
});

describe('folder of the socket', () => {
  afterEach(removeScratchFolders);
  const thisUser = ServerUser.ofThisProcess();

  it('is a new one among the temporary files', async () => {
    const folder = await chooseSocketFolder(thisUser);
    expect(folder.startsWith(join(tmpdir(), 'parley-pg-'))).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(await chooseSocketFolder(thisUser)).not.toBe(folder);
  });

  it('passes over a path that is too long for a socket, or that the user cannot write to', async () => {
    const long = join(await scratchFolder(), 'x'.repeat(60));
    await mkdir(long);
    const closed = await scratchFolder();
    const [user, owner] =
      process.getuid?.() === 0
        ? [await ServerUser.unprivileged(), 0]
        : [thisUser, process.getuid?.() ?? NOBODY];
    await chown(closed, owner, owner);
    await chmod(closed, 0o555);
    const good = '/tmp';
    expect(await chooseSocketFolder(user, [long, closed, good])).toMatch(/^\/tmp\/parley-pg-[0-9a-f]{12}$/);
    await expect(chooseSocketFolder(user, [long, closed])).rejects.toThrow(
      /needs a folder for its socket.*TMPDIR/,
    );
  });
});
