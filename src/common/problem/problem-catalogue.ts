/**
 * Every error a client can meet. Clients switch on the code, so codes never change their meaning and are
 * never reused. Shape: RFC 9457 (Problem Details for HTTP APIs).
 */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  malformed_request: { status: 400, title: 'The request is not valid HTTP' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid' },
  invalid_idempotency_key: { status: 400, title: 'The Idempotency-Key is not valid' },
  invalid_code: { status: 400, title: 'The code is not valid' },
  missing_token: { status: 401, title: 'A bearer token is required' },
  invalid_token: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  session_ended: { status: 401, title: 'The session has ended' },
  session_mismatch: { status: 401, title: 'The token belongs to another browser' },
  bot_suspected: { status: 403, title: 'The request looks automated' },
  visitor_blocked: { status: 403, title: 'This visitor is shut out' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  turn_in_progress: { status: 409, title: 'This turn is still being answered' },
  turn_interrupted: { status: 409, title: 'The reply was interrupted' },
  turn_restarted: { status: 409, title: 'The message was answered anew' },
  message_erased: { status: 410, title: 'The message has been erased' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another message' },
  rate_limited: { status: 429, title: 'Too many requests' },
  message_limit_reached: { status: 429, title: 'The message limit of this session is reached' },
  token_limit_reached: { status: 429, title: 'The token limit is reached' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong' },
  service_unavailable: { status: 503, title: 'The service is not available right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
