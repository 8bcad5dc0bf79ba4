import { StartError } from '../../common/start-error.js';

/** The embedded PostgreSQL cannot be used; the message tells the operator why and what to do about it. */
export class EmbeddedPostgresError extends StartError {
  override readonly name = 'EmbeddedPostgresError';
}
