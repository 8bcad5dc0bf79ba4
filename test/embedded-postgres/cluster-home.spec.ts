import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { chooseClusterHome } from '../../src/database/embedded/cluster-home.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { findBinaries } from '../../src/database/embedded/postgres-binaries.js';
import { compileLauncher, LauncherProcess, NOBODY } from './launcher-process.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

const isRoot = process.getuid?.() === 0;
const describeAsRoot = isRoot ? describe : describe.skip;
if (!isRoot)
  process.stdout.write('Not run: how root hands PostgreSQL to another user, because this is not root.\n');

async function putCluster(dataDirectory: string, owner?: number): Promise<string> {
  const cluster = join(dataDirectory, 'postgresql');
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, 'PG_VERSION'), '18\n');
  if (owner !== undefined) await chown(cluster, owner, owner);
  return cluster;
}

describe('home of the cluster', () => {
  afterEach(removeScratchFolders);

  it('is the data folder for an ordinary user', async () => {
    const dataDirectory = await scratchFolder();
    const home = await chooseClusterHome(dataDirectory, '18.4', 1234);
    expect(home).toMatchObject({ folder: dataDirectory, isEmpty: true });
    expect(home.user.credentials).toBeUndefined();
    expect(await home.cacheFolder()).toBe(dataDirectory);
  });

  it('is refused to an ordinary user when the database belongs to somebody else', async () => {
    const dataDirectory = await scratchFolder();
    await putCluster(dataDirectory);
    await expect(chooseClusterHome(dataDirectory, '18.4', 123_456)).rejects.toThrow(
      `belongs to the user with the number ${process.getuid?.()}, so this user (123456) cannot run it`,
    );
  });
});

describeAsRoot('home of the cluster, for root', () => {
  let dataDirectory: string;
  const systemHomes: string[] = [];

  beforeEach(async () => {
    dataDirectory = await scratchFolder();
  });

  // Only what was made here: other processes may use the system folders, and the copied programs, at this moment.
  afterEach(async () => {
    for (const folder of systemHomes.splice(0)) await rm(folder, { recursive: true, force: true });
    await removeScratchFolders();
  });

  function systemHome(path = dataDirectory): string {
    const folder = join('/var/lib/parley', createHash('sha256').update(path).digest('hex').slice(0, 12));
    systemHomes.push(folder);
    return folder;
  }

  async function start(): Promise<{ embedded: EmbeddedPostgres; informed: string[] }> {
    const informed: string[] = [];
    const inform = (message: string) => void informed.push(message);
    return {
      embedded: await startEmbeddedPostgres({ dataDirectory, durability: 'disposable', inform }),
      informed,
    };
  }

  it('is the data folder, owned by nobody, when nobody can enter it', async () => {
    const { embedded, informed } = await start();
    await embedded.stop();
    expect(embedded.clusterDirectory).toBe(join(dataDirectory, 'postgresql'));
    expect((await stat(embedded.clusterDirectory)).uid).not.toBe(0);
    expect((await stat(dataDirectory)).uid).toBe(0);
    expect(informed).toEqual([]);
  });

  it('is a system folder when a folder above is closed, stays there, and the console says so', async () => {
    const closed = dataDirectory;
    dataDirectory = join(closed, 'inside');
    await chmod(closed, 0o700);

    const first = await start();
    const client = new Client(first.embedded.connection);
    await client.connect();
    await client.query('CREATE TABLE kept AS SELECT 1 AS one');
    await client.end();
    await first.embedded.stop();
    expect(first.embedded.clusterDirectory).toBe(join(systemHome(), 'postgresql'));
    expect(first.informed).toEqual([
      expect.stringContaining(`The database of ${dataDirectory} is kept in ${systemHome()}`),
    ]);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);

    await chmod(closed, 0o755);
    const second = await start();
    const again = new Client(second.embedded.connection);
    await again.connect();
    expect((await again.query('SELECT one FROM kept')).rows).toEqual([{ one: 1 }]);
    await again.end();
    await second.embedded.stop();
    expect(second.informed).toEqual(first.informed);
  });

  it('works from a project that only root can read', async () => {
    await chmod(dataDirectory, 0o700);
    const script = await compileLauncher(join(dataDirectory, 'project'), { withOwnBinaries: true });
    const home = systemHome(join(dataDirectory, 'project/data'));
    const held = LauncherProcess.start(script, [join(dataDirectory, 'project/data'), 'disposable']);
    await held.until('connection');
    expect(held.informed[0]).toContain(`is kept in ${home}`);
    const { version } = await findBinaries(process.platform, process.arch);
    expect(existsSync(`/var/cache/parley/postgresql-${version}/bin/postgres`)).toBe(true);
    expect(held.told.clusterDirectory).toBe(join(home, 'postgresql'));
    held.child.send('stop');
    expect(await held.until('answerBeforeStop')).toBe(1);
    expect(await held.until('stopped')).toBe(true);
  });

  it('belongs to whom the database belongs', async () => {
    const cluster = await putCluster(dataDirectory, 4321);
    const home = await chooseClusterHome(dataDirectory, '18.4');
    expect(home).toMatchObject({ folder: dataDirectory, isEmpty: false });
    expect(home.user.credentials).toEqual({ uid: 4321, gid: 4321 });

    await chmod(dataDirectory, 0o700);
    await expect(chooseClusterHome(dataDirectory, '18.4')).rejects.toThrow(
      `The database in ${cluster} belongs to the user with the number 4321, who cannot enter that folder`,
    );
  });

  it('is refused when the database belongs to root', async () => {
    await putCluster(dataDirectory);
    await expect(chooseClusterHome(dataDirectory, '18.4')).rejects.toThrow(
      /belongs to root, and PostgreSQL refuses/,
    );
  });

  it('is refused in plain words when no other folder can be made or entered', async () => {
    await chmod(dataDirectory, 0o700);
    const system = await scratchFolder();
    const folders = { data: join(system, 'data/parley'), cache: join(system, 'cache/parley') };
    const choose = async () => await chooseClusterHome(dataDirectory, '18.4', 0, folders);

    const { folder, cacheFolder } = await choose();
    expect(folder.startsWith(folders.data)).toBe(true);
    expect(await cacheFolder()).toBe(folders.cache);
    expect((await stat(folders.cache)).mode & 0o777).toBe(0o755);

    await chmod(folders.data, 0o700);
    await expect(choose()).rejects.toThrow(/But neither can it enter .*data\/parley/);

    const nowhere = { ...folders, data: '/proc/parley' };
    await expect(chooseClusterHome(dataDirectory, '18.4', 0, nowhere)).rejects.toThrow(
      /refuses to run as root, needs the folder \/proc\/parley/,
    );
  });

  it('is the data folder of an ordinary user, whose database root can run later', async () => {
    await chown(dataDirectory, NOBODY, NOBODY);
    const script = await compileLauncher(join(await scratchFolder(), 'launcher'));
    const credentials = { uid: NOBODY, gid: NOBODY };
    const held = LauncherProcess.start(script, [dataDirectory, 'disposable'], credentials);
    expect(await held.until('clusterDirectory')).toBe(join(dataDirectory, 'postgresql'));
    held.child.send('stop');
    await held.until('stopped');

    const { embedded } = await start();
    await embedded.stop();
    expect(embedded.clusterDirectory).toBe(join(dataDirectory, 'postgresql'));
  });

  it('is refused in plain words to an ordinary user who cannot write there', async () => {
    const script = await compileLauncher(join(await scratchFolder(), 'launcher'));
    const credentials = { uid: NOBODY, gid: NOBODY };
    const held = LauncherProcess.start(script, [dataDirectory, 'disposable'], credentials);
    expect(await held.until('error')).toBe('EmbeddedPostgresError');
    expect(held.told.message).toMatch(/Cannot lock the file .* Does it belong to another user\?/);
  });
});
