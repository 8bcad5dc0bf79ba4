import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { DatabaseTemplate } from './database-template.js';
import { NOBODY, processesNaming } from './launcher-process.js';
import { removeScratchFolders, scratchFolder } from './scratch-folders.js';

describe('embedded PostgreSQL', () => {
  let template: DatabaseTemplate;
  let dataDirectory: string;
  let informed: string[];
  const running = new Set<EmbeddedPostgres>();

  beforeAll(async () => {
    template = await DatabaseTemplate.make();
  });

  beforeEach(async () => {
    dataDirectory = join(await scratchFolder(), 'data');
    informed = [];
  });

  afterEach(async () => {
    for (const embedded of running) await embedded.stop();
    running.clear();
  });

  afterAll(removeScratchFolders);

  async function start(durability: 'durable' | 'disposable' = 'disposable'): Promise<EmbeddedPostgres> {
    const inform = (message: string) => void informed.push(message);
    const embedded = await startEmbeddedPostgres({ dataDirectory, durability, inform });
    running.add(embedded);
    return embedded;
  }

  async function connect(embedded: EmbeddedPostgres): Promise<Client> {
    const client = new Client(embedded.connection);
    await client.connect();
    return client;
  }

  async function ask(embedded: EmbeddedPostgres, sql: string): Promise<unknown[]> {
    const client = await connect(embedded);
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    await client.end();
    return rows.flat();
  }

  /** A folder in place of the cluster, owned by a user who may run PostgreSQL. */
  async function putInPlaceOfTheCluster(files: Record<string, string>): Promise<string> {
    const cluster = join(dataDirectory, 'postgresql');
    await mkdir(cluster, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(cluster, name), text);
    if (process.getuid?.() === 0) await chown(cluster, NOBODY, NOBODY);
    return cluster;
  }

  it('makes a database on the first start and finds it again on the next', async () => {
    const first = await start('durable');
    expect(first.clusterDirectory).toBe(join(dataDirectory, 'postgresql'));
    await ask(first, 'CREATE TABLE facts (fact text)');
    await ask(first, "INSERT INTO facts VALUES ('kept – ✓')");
    const madeAt = await ask(first, 'SELECT system_identifier FROM pg_control_system()');
    await first.stop();

    const second = await start('durable');
    expect(await ask(second, 'SELECT fact FROM facts')).toEqual(['kept – ✓']);
    expect(await ask(second, 'SELECT system_identifier FROM pg_control_system()')).toEqual(madeAt);
    expect(informed).toEqual([]);
  });

  it('leaves no process, no socket and no lock behind when it is stopped, once or again', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    const { host } = embedded.connection;
    expect(existsSync(host)).toBe(true);

    await Promise.all([embedded.stop(), embedded.stop()]);
    await embedded.ended;
    await embedded.stop();

    expect(existsSync(host)).toBe(false);
    expect(await processesNaming(dataDirectory)).toEqual([]);
    expect((await readdir(dataDirectory)).sort()).toEqual(['postgresql', 'postgresql.lock']);
    // An orderly end: the server has signed out.
    expect(await readdir(embedded.clusterDirectory)).not.toContain('postmaster.pid');
  });

  it('is private, reachable through its socket only, and as durable as asked', async () => {
    const setting =
      "SELECT current_setting('fsync'), current_setting('listen_addresses'), current_setting('TimeZone')";
    await template.copyTo(dataDirectory);
    const disposable = await start('disposable');
    expect(await ask(disposable, setting)).toEqual(['off', '', 'UTC']);
    await disposable.stop();

    const durable = await start('durable');
    expect(await ask(durable, setting)).toEqual(['on', '', 'UTC']);
    expect(await ask(durable, "SELECT current_setting('synchronous_commit')")).toEqual(['on']);
    expect(statSync(durable.connection.host).mode & 0o777).toBe(0o700);
  });

  it('ends the connections of a service that did not close them', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    const client = await connect(embedded);
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    const broken = new Promise((resolve) => client.once('end', () => resolve(undefined)));
    await embedded.stop();
    await broken;
    expect(errors[0]?.message).toBe('terminating connection due to administrator command');
  });

  it('refuses a folder that is in use, also within one process, and leaves its user undisturbed', async () => {
    await template.copyTo(dataDirectory);
    const first = await start();
    const refusal = start();
    await expect(refusal).rejects.toThrow(EmbeddedPostgresError);
    await expect(refusal).rejects.toThrow(
      `Another Parley (process ${process.pid}) already uses the folder ${dataDirectory}. Stop it, or give this one a ` +
        'folder of its own with DATA_DIR, or let both use one PostgreSQL with DATABASE_URL.',
    );
    expect(await ask(first, 'SELECT 1')).toEqual([1]);
  });

  it('refuses a database of another major version and changes nothing', async () => {
    const cluster = await putInPlaceOfTheCluster({ PG_VERSION: '17\n', 'postgresql.conf': '' });
    await expect(start()).rejects.toThrow(
      /made by PostgreSQL 17, and this Parley brings PostgreSQL 18.*Nothing was changed/,
    );
    expect((await readdir(cluster)).sort()).toEqual(['PG_VERSION', 'postgresql.conf']);
    expect(await readFile(join(cluster, 'PG_VERSION'), 'utf8')).toBe('17\n');
  });

  it('refuses a folder that is no database', async () => {
    const cluster = await putInPlaceOfTheCluster({ 'notes.txt': 'mine' });
    await expect(start()).rejects.toThrow(/holds something that is not a database, and was left alone/);
    expect(await readdir(cluster)).toEqual(['notes.txt']);
  });

  it('gives the last words of a server that cannot start, and the folder back', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    await embedded.stop();
    const settings = join(embedded.clusterDirectory, 'postgresql.auto.conf');
    await writeFile(settings, 'no_such_setting = on\n');
    await expect(start()).rejects.toThrow(
      /ended while it was starting[^]*unrecognized configuration parameter "no_such_setting"/,
    );
    await writeFile(settings, '');
    expect(await ask(await start(), 'SELECT 1')).toEqual([1]);
  });

  it('says why a server that runs lets nobody in', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    await embedded.stop();
    await writeFile(join(embedded.clusterDirectory, 'pg_hba.conf'), 'local all all reject\n');
    await expect(start()).rejects.toThrow(/accepts no connection \(.*pg_hba.conf/);
    expect(await processesNaming(dataDirectory)).toEqual([]);
  });

  it('tells when the server ends by itself', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    const [line] = (await readFile(join(embedded.clusterDirectory, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(line), 'SIGTERM');
    await embedded.ended;
    expect(informed).toEqual([expect.stringMatching(/ended by itself[^]*database system is shut down/)]);
    expect(await ask(await start(), 'SELECT 1')).toEqual([1]);
  });

  it('is not fooled by an unrelated process that has got the number of a dead server', async () => {
    await template.copyTo(dataDirectory);
    const embedded = await start();
    await embedded.stop();
    await writeFile(
      join(embedded.clusterDirectory, 'postmaster.pid'),
      `${process.ppid}\n${embedded.clusterDirectory}\n1\n5432\n${embedded.connection.host}\n\n`,
    );
    expect(await ask(await start(), 'SELECT 1')).toEqual([1]);
  });

  it('explains a folder that cannot be used', async () => {
    await mkdir(dataDirectory);
    await writeFile(join(dataDirectory, 'postgresql'), 'a file');
    if (process.getuid?.() === 0) await chown(join(dataDirectory, 'postgresql'), NOBODY, NOBODY);
    await chmod(join(dataDirectory, 'postgresql'), 0o644);
    await expect(start()).rejects.toThrow(/could not start: ENOTDIR.*set DATABASE_URL/);
  });
});
