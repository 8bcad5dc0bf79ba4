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

/** Injection token of the {@link DatabaseConnection} in use. */
export const DATABASE_CONNECTION = Symbol('DATABASE_CONNECTION');
