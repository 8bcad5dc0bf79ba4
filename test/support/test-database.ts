import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { toPgOptions, type DatabaseConnection } from '../../src/database/database-connection.js';

export interface TestDatabase {
  readonly connection: DatabaseConnection;
  /** The same as a URL, for a service in a process of its own. */
  readonly url: string;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** The server the run uses; set up before any spec file starts. */
function adminConnection(): DatabaseConnection {
  const json = process.env['PARLEY_TEST_SERVER'];
  if (json === undefined) {
    throw new Error('the global set-up has not run');
  }
  return JSON.parse(json) as DatabaseConnection;
}

function withDatabase(connection: DatabaseConnection, database: string): DatabaseConnection {
  if (!('url' in connection)) {
    return { ...connection, database };
  }
  const url = new URL(connection.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}

/** A migrated database of its own; `empty` leaves out the migrations. */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  const template = empty ? 'template0' : process.env['PARLEY_TEST_TEMPLATE'];
  await runAsAdmin(adminConnection(), `CREATE DATABASE ${name} TEMPLATE ${template ?? ''}`);
  const connection = withDatabase(adminConnection(), name);
  return {
    connection,
    url: toUrl(connection),
    query: async <Row extends object>(text: string, values: unknown[] = []) => {
      const client = new Client(toPgOptions(connection));
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    drop: () => dropDatabase(adminConnection(), name),
  };
}

async function dropDatabase(admin: DatabaseConnection, name: string): Promise<void> {
  await runAsAdmin(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function toUrl(connection: DatabaseConnection): string {
  return 'url' in connection
    ? connection.url
    : `postgresql:///${connection.database}?user=${connection.user}&host=${encodeURIComponent(connection.host)}&port=${connection.port}`;
}

async function runAsAdmin(admin: DatabaseConnection, statement: string): Promise<void> {
  const client = new Client(toPgOptions(admin));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
