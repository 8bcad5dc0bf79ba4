import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { DatabaseTemplate } from './database-template.js';
import { compileLauncher, eventually, LauncherProcess, processesNaming } from './launcher-process.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('embedded PostgreSQL whose process is killed', () => {
  let template: DatabaseTemplate;
  let script: string;
  let dataDirectory: string;
  let held: LauncherProcess | undefined;
  let here: EmbeddedPostgres | undefined;

  beforeAll(async () => {
    template = await DatabaseTemplate.make();
    script = await compileLauncher(join(await scratchFolder(), 'launcher'));
  });

  beforeEach(async () => {
    dataDirectory = join(await scratchFolder(), 'data');
  });

  afterEach(async () => {
    await here?.stop();
    here = undefined;
    if (held !== undefined && held.child.exitCode === null && held.child.signalCode === null)
      await held.kill();
    held = undefined;
    await eventually(async () => (await processesNaming(dataDirectory)).length === 0);
  });

  afterAll(removeScratchFolders);

  async function startHere(): Promise<EmbeddedPostgres> {
    here = await startEmbeddedPostgres({ dataDirectory, durability: 'durable', inform: () => undefined });
    return here;
  }

  async function writeUntil(count: number): Promise<LauncherProcess> {
    await template.copyTo(dataDirectory);
    held = LauncherProcess.start(script, [dataDirectory, 'durable', 'write']);
    await held.until('acknowledged', (n) => n >= count);
    return held;
  }

  /** Every acknowledged row is there, and at most one more that was being acknowledged. */
  async function expectRows(acknowledged: number): Promise<void> {
    const client = new Client((here ?? (await startHere())).connection);
    await client.connect();
    const { rows } = await client.query<{ n: number }>('SELECT n FROM numbers ORDER BY n');
    await client.end();
    expect(rows.slice(0, acknowledged).map(({ n }) => n)).toEqual(
      Array.from({ length: acknowledged }, (_, index) => index + 1),
    );
    expect(rows.length - acknowledged).toBeLessThanOrEqual(1);
  }

  async function shellsAndServer() {
    const all = (await processesNaming(dataDirectory)).filter(({ id }) => id !== held?.child.pid);
    const server = all.find(({ command }) => !command.startsWith('/bin/sh'));
    const shells = all.filter(({ command }) => command.startsWith('/bin/sh'));
    if (server === undefined) throw new Error('no server runs');
    return { server, shells };
  }

  it('leaves nothing running and loses no acknowledged row when Node is killed', async () => {
    const launcher = await writeUntil(100);
    const { host } = await launcher.until('connection');
    await launcher.kill('SIGKILL');

    await eventually(async () => (await processesNaming(dataDirectory)).length === 0);
    expect(existsSync(host)).toBe(false);
    await expectRows(await launcher.until('acknowledged'));
  });

  it('starts again at once after Node was killed, waiting for the server before it to end', async () => {
    const launcher = await writeUntil(20);
    await launcher.kill('SIGKILL');
    await expectRows(await launcher.until('acknowledged'));
  });

  it('starts again after everything was killed, and sweeps up the socket', async () => {
    const launcher = await writeUntil(50);
    const { host } = await launcher.until('connection');
    // Frozen first, so that it cannot clear up after the server.
    launcher.child.kill('SIGSTOP');
    const { server } = await shellsAndServer();
    process.kill(-server.group, 'SIGKILL');
    await launcher.kill('SIGKILL');
    expect(existsSync(host)).toBe(true);
    expect(existsSync(join(dataDirectory, 'postgresql/postmaster.pid'))).toBe(true);

    await expectRows(launcher.told.acknowledged ?? 0);
    expect(existsSync(host)).toBe(false);
  });

  it('ends a server whose supervisor was killed together with Node', async () => {
    const launcher = await writeUntil(20);
    launcher.child.kill('SIGSTOP');
    const { server, shells } = await shellsAndServer();
    for (const { id } of shells) process.kill(id, 'SIGKILL');
    await launcher.kill('SIGKILL');
    expect((await processesNaming(dataDirectory)).map(({ id }) => id)).toEqual([server.id]);

    await expectRows(launcher.told.acknowledged ?? 0);
    expect((await processesNaming(dataDirectory)).map(({ id }) => id)).not.toContain(server.id);
  });

  it('does not take a half-made database for a good one', async () => {
    held = LauncherProcess.start(script, [dataDirectory, 'durable']);
    const drafts = async () =>
      (await readdir(dataDirectory).catch(() => [])).filter((name) => name.startsWith('postgresql.new-'));
    await eventually(async () => {
      const [draft] = await drafts();
      return draft !== undefined && existsSync(join(dataDirectory, draft, 'PG_VERSION'));
    });
    await held.kill('SIGKILL');
    expect(existsSync(join(dataDirectory, 'postgresql'))).toBe(false);

    const embedded = await startHere();
    const client = new Client(embedded.connection);
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    expect(await drafts()).toEqual([]);
  });

  it('survives a Ctrl-C at the terminal until the service has closed its connections', async () => {
    await template.copyTo(dataDirectory);
    held = LauncherProcess.start(script, [dataDirectory, 'disposable']);
    await held.until('connection');
    process.kill(-(held.child.pid ?? 0), 'SIGINT');
    expect(await held.until('answerBeforeStop')).toBe(1);
    expect(await held.until('stopped')).toBe(true);
  });

  it('names the process that uses the folder, and takes over when that one is just ending', async () => {
    await template.copyTo(dataDirectory);
    held = LauncherProcess.start(script, [dataDirectory, 'disposable']);
    await held.until('connection');
    await expect(startHere()).rejects.toThrow(`Another Parley (process ${held.child.pid}) already uses`);

    held.child.send('stop');
    await startHere();
    expect(await held.until('stopped')).toBe(true);
    const signedIn = await readFile(join(dataDirectory, 'postgresql.owner'), 'utf8');
    expect(signedIn).toBe(`${process.pid} running\n`);
  });
});
