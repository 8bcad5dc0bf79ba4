import { Problem } from '../common/problem/problem.js';
import { ERASED } from './streaming/stream-event.js';

export function unknownMessage(): Problem {
  return new Problem('not_found', { detail: 'This session has no such message.' });
}

/** For a caller who was just waiting for the reply. */
export function erasedMessage(): Problem {
  return new Problem('message_erased', { detail: ERASED.detail });
}
