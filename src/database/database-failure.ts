import { Problem } from '../common/problem/problem.js';

/** SQLSTATE classes and codes by which PostgreSQL says "not now". https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57P0[1-5]|57014|55P03|25006|25P03|40P01)$/;
/**
 * The connection is over, or leads to a server that only reads: after a fail-over that is the old one. All other
 * errors of the server leave the connection as good as it was.
 */
const CONNECTION_LOST_SQLSTATE = /^(08...|57P0[1-5]|25006|25P03)$/;
const READ_ONLY = '25006';
const UNAVAILABLE_SYSTEM_CODE =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** node-postgres gives these no code. */
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|connection error|Query read timeout|not queryable|Cannot use a pool after calling end/i;

const RETRY_AFTER_SECONDS = 2;

/**
 * Says of a driver's error whether the database is merely out of reach, overloaded, shutting down or not migrated yet: the
 * caller then gets an honest 503. Everything else is a defect of ours and is passed on unchanged.
 */
export function toDatabaseProblem(error: unknown): unknown {
  return isUnavailable(error)
    ? new Problem('service_unavailable', {
        detail: 'The database is not available right now.',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      })
    : error;
}

/** Whether the connection that brought this error must not be used again. */
export function losesConnection(error: unknown): boolean {
  return isConnectionFault(error) || CONNECTION_LOST_SQLSTATE.test(codeOf(error));
}

/** Whether the server refuses to write: then every connection that leads to it is worth nothing. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY;
}

export class ReadOnlyServer extends Error {
  readonly code = READ_ONLY;

  constructor() {
    super('the server only reads');
  }
}

/** Asked on another connection, it did not answer. */
export class SilentServer extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('the server does not answer');
  }
}

function isUnavailable(error: unknown): boolean {
  return isConnectionFault(error) || UNAVAILABLE_SQLSTATE.test(codeOf(error));
}

/** Said by the driver, not by the server: a broken socket, or an answer that did not come in time. */
function isConnectionFault(error: unknown): boolean {
  const code = codeOf(error);
  return (
    UNAVAILABLE_SYSTEM_CODE.test(code) ||
    (code === '' && error instanceof Error && UNAVAILABLE_MESSAGE.test(error.message))
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
