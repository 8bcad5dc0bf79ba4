import { chmod, cp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findBinaries,
  type PostgresBinaries,
  prepareBinaries,
} from '../../src/database/embedded/postgres-binaries.js';
import { ServerUser } from '../../src/database/embedded/server-user.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('PostgreSQL programs', () => {
  let packaged: PostgresBinaries;
  let caches: string;
  let informed: string[];
  const thisUser = ServerUser.ofThisProcess();

  beforeEach(async () => {
    const original = await findBinaries(process.platform, process.arch);
    const folder = join(await scratchFolder(), 'native');
    // Enough to run `--version`; the rest is a thousand small files.
    const filter = (path: string) =>
      !/lib\/postgresql|share\/postgresql\/.|\.a$/.test(path) || path.endsWith('.bki');
    await cp(original.folder, folder, { recursive: true, verbatimSymlinks: true, filter });
    packaged = { ...original, folder };
    caches = await scratchFolder();
    informed = [];
  });

  afterEach(async () => {
    await chmod(join(packaged.folder, 'lib'), 0o755);
    await removeScratchFolders();
  });

  async function prepare(user = thisUser): Promise<PostgresBinaries> {
    const inform = (message: string) => void informed.push(message);
    return await prepareBinaries(packaged, user, () => Promise.resolve(caches), inform);
  }

  async function links(folder: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const entry of await readdir(join(folder, 'lib'), { withFileTypes: true })) {
      if (entry.isSymbolicLink()) found.set(entry.name, await readlink(join(folder, 'lib', entry.name)));
    }
    return found;
  }

  async function removeLinks(): Promise<void> {
    for (const name of (await links(packaged.folder)).keys()) await rm(join(packaged.folder, 'lib', name));
  }

  /** What keeps the programs from running in place differs: root can write anywhere, others run what they can read. */
  async function spoilThePlace(): Promise<ServerUser> {
    if (process.getuid?.() === 0) {
      await chmod(packaged.folder, 0o700);
      return await ServerUser.unprivileged();
    }
    await removeLinks();
    await chmod(join(packaged.folder, 'lib'), 0o555);
    return thisUser;
  }

  it('are those of this platform, and stay where they are when they can run there', async () => {
    expect(packaged.version).toMatch(/^18\./);
    expect(await prepare()).toEqual(packaged);
    expect(informed).toEqual([]);
    expect(await readdir(caches)).toEqual([]);
  });

  it('do not exist for every platform', async () => {
    await expect(findBinaries('plan9', 'mips')).rejects.toThrow(
      'no embedded PostgreSQL for plan9-mips: set DATABASE_URL to a PostgreSQL of yours',
    );
  });

  it('get the links that npm leaves out with --ignore-scripts', async () => {
    const all = await links(packaged.folder);
    await removeLinks();
    expect(await prepare()).toEqual(packaged);
    expect(await links(packaged.folder)).toEqual(all);
    expect(all.size).toBeGreaterThan(0);
  });

  it('are copied, once, when they cannot run in place', async () => {
    const all = await links(packaged.folder);
    const user = await spoilThePlace();
    const copies = await Promise.all([prepare(user), prepare(user)]);
    copies.push(await prepare(user));

    const folder = join(caches, `postgresql-${packaged.version}`);
    expect(copies.map((copy) => copy.folder)).toEqual([folder, folder, folder]);
    expect(await readdir(caches)).toEqual([`postgresql-${packaged.version}`]);
    expect(informed).toEqual([expect.stringContaining(`were copied to ${folder}, because`)]);
    expect(await links(folder)).toEqual(all);
    expect(await user.faultOf(join(folder, 'bin/initdb'), ['--version'])).toBeUndefined();
  });

  it('can be read by everybody in a copy, even if npm ran under a strict umask', async () => {
    await chmod(join(packaged.folder, 'share/postgresql/postgres.bki'), 0o600);
    await chmod(join(packaged.folder, 'bin/initdb'), 0o700);
    const copy = await prepare(await spoilThePlace());
    const mode = async (name: string) => (await stat(join(copy.folder, name))).mode & 0o777;
    expect(await mode('share/postgresql/postgres.bki')).toBe(0o644);
    expect(await mode('bin/initdb')).toBe(0o755);
    expect(await mode('share')).toBe(0o755);
  });

  it('are refused in plain words when they cannot run on this system', async () => {
    await writeFile(join(packaged.folder, 'bin/postgres'), 'not a program');
    await expect(prepare()).rejects.toThrow(/cannot run on this system \(.*\): set DATABASE_URL/);
    expect(await readdir(caches)).toEqual([]);
  });

  it('are refused in plain words when not even the copy runs', async () => {
    const user = await spoilThePlace();
    const { folder } = await prepare(user);
    await writeFile(join(folder, 'bin/postgres'), 'not a program');
    await expect(prepare(user)).rejects.toThrow(/cannot run on this system/);
    expect(await readFile(join(folder, 'bin/postgres'), 'utf8')).toBe('not a program');
  });
});
