export { ParleyClient, type CallOptions, type HistoryOptions } from './parley-client.js';
export { ParleyProblem, ParleyUnreachable, type AnyProblemCode } from './problem.js';
export type { RetryNotice, RetryOptions } from './retry.js';
export type { SessionEvent } from './session-events.js';
export { readEvents, SseParser, type ServerSentEvent } from './sse.js';
export type { ClientOptions } from './transport.js';
export type { ResetEvent, SendOptions, TurnEvent } from './turn-stream.js';
export type {
  AccessTokenResponse,
  CodeSentResponse,
  HistoryItem,
  HistoryResponse,
  ProblemCode,
  ProblemFieldError,
  SendMessageResponse,
  SessionListItem,
  SessionResponse,
  TurnOutcome,
} from './api.js';
