import type { RecordedCall } from './discord-server.js';

/** Answers so instead of doing anything. */
export interface AnswerFault {
  readonly kind: 'answer';
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

/** How a call goes wrong. */
export type Fault =
  | AnswerFault
  /** Breaks the connection instead of doing anything. */
  | { readonly kind: 'break' }
  /** Does what was asked, and breaks the connection instead of saying so. */
  | { readonly kind: 'lose-answer' }
  /** Does what was asked, and holds the answer back. */
  | { readonly kind: 'hold-answer'; readonly until: Promise<void> };

/** Chooses by the call; undefined: nothing goes wrong. */
export type FaultScript = (call: RecordedCall) => Fault | undefined;

export const noFaults: FaultScript = () => undefined;

export function unavailable(status = 503): Fault {
  return { kind: 'answer', status, body: { message: 'upstream connect error' } };
}

export function rateLimited(retryAfterSeconds: number, isGlobal = false): AnswerFault {
  return {
    kind: 'answer',
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global: isGlobal },
    headers: {
      'retry-after': String(retryAfterSeconds),
      'x-ratelimit-scope': isGlobal ? 'global' : 'user',
      ...(isGlobal ? { 'x-ratelimit-global': 'true' } : {}),
    },
  };
}

/** An error of the API itself. */
export function apiError(status: number, code: number, message = 'refused'): Fault {
  return { kind: 'answer', status, body: { message, code } };
}

/** The first so many calls that the script is asked about. */
export function times(
  count: number,
  fault: Fault,
  matches: (call: RecordedCall) => boolean = () => true,
): FaultScript {
  let left = count;
  return (call) => {
    if (left === 0 || !matches(call)) {
      return undefined;
    }
    left -= 1;
    return fault;
  };
}

/** The same without its headers: only the body says how long. */
export function rateLimitedByBody(retryAfterSeconds: number, isGlobal = false): Fault {
  return { ...rateLimited(retryAfterSeconds, isGlobal), headers: {} };
}
