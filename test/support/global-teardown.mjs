import { rm } from 'node:fs/promises';
import pg from 'pg';

export default async function globalTeardown() {
  const server = JSON.parse(process.env.PARLEY_TEST_SERVER);
  const client = new pg.Client(server.url === undefined ? server : { connectionString: server.url });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${process.env.PARLEY_TEST_TEMPLATE} WITH (FORCE)`);
  await client.end();
  await globalThis.testPostgres?.stop();
  await rm(globalThis.testFolder, { recursive: true, force: true });
}
