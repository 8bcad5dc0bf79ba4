import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
// The built service: `npm test` builds first, and Jest loads this file outside of its own transformation.
import { loadConfiguration } from '../../dist/src/config/load-configuration.js';
import { startEmbeddedPostgres } from '../../dist/src/database/embedded/embedded-postgres.js';
import { migrateAll } from '../../dist/src/database/open-database.js';

/**
 * One PostgreSQL for the whole run: the one TEST_DATABASE_URL names, else an embedded one. A migrated
 * template is made once; each spec file gets a copy of it.
 */
export default async function globalSetup() {
  const url = process.env.TEST_DATABASE_URL;
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  // Run by root, the server is another user, who must get there.
  await chmod(folder, 0o755);
  globalThis.testFolder = folder;
  if (url === undefined) {
    globalThis.testPostgres = await startEmbeddedPostgres({
      dataDirectory: folder,
      durability: 'disposable',
      inform: (message) => console.error(message),
    });
  }
  console.error(
    `Tests use ${url === undefined ? 'an embedded PostgreSQL' : 'the PostgreSQL of TEST_DATABASE_URL'}.`,
  );

  const server = url === undefined ? globalThis.testPostgres.connection : { url };
  const template = `parley_template_${randomBytes(4).toString('hex')}`;
  process.env.PARLEY_TEST_SERVER = JSON.stringify(server);
  process.env.PARLEY_TEST_TEMPLATE = template;

  const client = new pg.Client(url === undefined ? server : { connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${template} TEMPLATE template0`);
  await client.end();
  const { configuration } = loadConfiguration({ DATA_DIR: folder }, folder, false);
  await migrateAll(databaseOn(server, template), configuration.database);
}

function databaseOn(server, database) {
  if (server.url === undefined) {
    return { ...server, database };
  }
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}
