import type { ClientBase } from 'pg';

/** Where the PostgreSQL server is: a URL, or the socket of the embedded one. */
export type DatabaseConnection =
  | {
      readonly url: string;
      /** The server itself, where `url` leads to a pooler that lends its connections for a transaction each. */
      readonly directUrl?: string | undefined;
    }
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

/** Past the pooler, for what needs a session: LISTEN, an advisory lock, a migration. */
export function directConnection(connection: DatabaseConnection): DatabaseConnection {
  return 'url' in connection && connection.directUrl !== undefined
    ? { url: connection.directUrl }
    : connection;
}

/** Whether one statement may meet another server connection than the one before. */
export function isPooled(connection: DatabaseConnection): boolean {
  return 'url' in connection && connection.directUrl !== undefined;
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
