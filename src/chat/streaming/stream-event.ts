import type { TokenUsage } from '../../ai/reply.js';
import type { ProblemCode } from '../../common/problem/problem-catalogue.js';
import type { TurnOutcome } from '../turn-outcome.js';

export interface AcceptedEvent {
  readonly type: 'accepted';
  readonly message_id: string;
  readonly created_at: string;
}

export interface DeltaEvent {
  readonly type: 'delta';
  readonly text: string;
}

export interface DoneEvent {
  readonly type: 'done';
  readonly reply_id: string;
  readonly outcome: TurnOutcome;
  readonly response: string;
  /** For protocols that tell it; the service's own does not. */
  readonly usage: TokenUsage;
}

export interface ErrorEvent {
  readonly type: 'error';
  readonly code: ProblemCode;
  readonly detail: string;
}

/** One event of a turn's stream. Its sequence is its place in the log of the turn: accepted, deltas, the end. */
export type StreamEvent = AcceptedEvent | DeltaEvent | DoneEvent | ErrorEvent;

/** The turn was answered anew by another process after its own had died. */
export const RESTARTED: ErrorEvent = {
  type: 'error',
  code: 'turn_restarted',
  detail: 'This message was answered anew; read it from the start, without Last-Event-ID.',
};

/** The turn's process has died, and nobody has taken the turn over. */
export const INTERRUPTED: ErrorEvent = {
  type: 'error',
  code: 'turn_interrupted',
  detail: 'The reply was interrupted; send the message again with its Idempotency-Key to have it answered.',
};

/** The visitor had the conversation erased, this turn with it. */
export const ERASED: ErrorEvent = {
  type: 'error',
  code: 'message_erased',
  detail: 'This message has been erased at its visitor’s wish.',
};

/** This replica is being stopped; the turn and its stream go on. */
export const STOPPING: ErrorEvent = {
  type: 'error',
  code: 'service_unavailable',
  detail: 'This replica is being stopped; read on with Last-Event-ID, another one answers.',
};

export const SESSION_ENDED: ErrorEvent = {
  type: 'error',
  code: 'session_ended',
  detail: 'The session has ended.',
};

export function acceptedEvent(turnId: string, createdAt: Date): AcceptedEvent {
  return { type: 'accepted', message_id: turnId, created_at: createdAt.toISOString() };
}

export function doneEvent(
  replyId: string,
  outcome: TurnOutcome,
  response: string,
  usage: TokenUsage,
): DoneEvent {
  return { type: 'done', reply_id: replyId, outcome, response, usage };
}

/** The deltas of a stored reply; `ends` as in the column `delta_ends`. */
export function deltasOf(text: string, ends: readonly number[] | null): DeltaEvent[] {
  return (ends ?? [text.length])
    .map((end, index, all) => text.slice(all[index - 1] ?? 0, end))
    .filter((piece) => piece !== '')
    .map((piece) => ({ type: 'delta', text: piece }));
}

export function isTerminal({ type }: StreamEvent): boolean {
  return type === 'done' || type === 'error';
}

/** A comment, which clients do not see and which keeps proxies from closing the connection. */
export const HEARTBEAT = ': still here\n\n';

const EVENT_ID = /^([A-Za-z0-9_-]{1,32}):(\d{1,9})$/;

/** The turn and the sequence that an event's id names; undefined where it is none of ours. */
export function parseEventId(id: string): { turnId: string; sequence: number } | undefined {
  const [, turnId, sequence] = EVENT_ID.exec(id) ?? [];
  return turnId === undefined ? undefined : { turnId, sequence: Number(sequence) };
}
