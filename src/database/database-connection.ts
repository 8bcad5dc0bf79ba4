import type { ClientBase } from 'pg';

/** Where the PostgreSQL server is: a URL, or the socket of the embedded one. */
export type DatabaseConnection =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** The same, in the words of node-postgres and the libraries on top of it. */
export function toPgOptions(connection: DatabaseConnection): {
  connectionString?: string;
  host?: string;
  port?: number;
  user?: string;
  database?: string;
  ssl?: false;
} {
  // A socket needs no encryption, whatever PGSSLMODE says about other servers.
  return 'url' in connection ? { connectionString: connection.url } : { ...connection, ssl: false };
}

/**
 * A connection that breaks says so to the statement it runs, and besides as an event, which would end the process
 * if nobody listened. pg-pool listens only while a connection is idle, so each gets a listener for its whole life.
 */
export function surviveBreaking(client: ClientBase): void {
  client.on('error', () => undefined);
}

/** Injection token of the {@link DatabaseConnection} in use. */
export const DATABASE_CONNECTION = Symbol('DATABASE_CONNECTION');
