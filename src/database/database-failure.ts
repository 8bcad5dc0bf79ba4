import { Problem } from '../common/problem/problem.js';

/** SQLSTATE classes and codes by which PostgreSQL says "not now". https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57P0[1-5]|57014|55P03|25006|25P03|40P01)$/;
const UNAVAILABLE_SYSTEM_CODE =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** node-postgres gives these no code. */
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|connection error|Query read timeout|not queryable|Cannot use a pool after calling end/i;

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

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    UNAVAILABLE_SQLSTATE.test(code) ||
    UNAVAILABLE_SYSTEM_CODE.test(code) ||
    (code === '' && UNAVAILABLE_MESSAGE.test(error.message))
  );
}
