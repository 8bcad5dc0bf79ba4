/** The embedded PostgreSQL cannot be used; the message tells the operator why and what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
