import type {
  AccessTokenResponse,
  CodeSentResponse,
  HistoryItem,
  HistoryResponse,
  SendMessageResponse,
  SessionListItem,
  SessionListResponse,
  SessionResponse,
} from './api.js';
import { ParleyProblem } from './problem.js';
import { sessionEvents, type SessionEvent } from './session-events.js';
import { Transport, type ClientOptions } from './transport.js';
import { TurnStream, type SendOptions, type TurnEvent } from './turn-stream.js';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface HistoryOptions extends CallOptions {
  /** Turns in a page, 1 to 100. */
  readonly limit?: number;
}

/** One visitor's conversation with a Parley service. */
export class ParleyClient {
  private readonly transport: Transport;

  constructor(options: ClientOptions = {}) {
    this.transport = new Transport(options);
  }

  /** The token in use; keep it to go on after a reload. */
  get token(): string | undefined {
    return this.transport.token;
  }

  /** Opens a session. A service that verifies addresses mails a code instead, which `verify` takes. */
  async signIn(email: string, { signal }: CallOptions = {}): Promise<AccessTokenResponse | CodeSentResponse> {
    const answer = await this.transport.call<AccessTokenResponse | CodeSentResponse>({
      ...{ method: 'POST', path: '/auth/email', body: { email }, signal },
      ...{ isPublic: true, mayRenew: false, isSafeToRepeat: false },
    });
    return 'access_token' in answer ? this.use(answer) : answer;
  }

  async verify(email: string, code: string, { signal }: CallOptions = {}): Promise<AccessTokenResponse> {
    return this.use(
      await this.transport.call<AccessTokenResponse>({
        ...{ method: 'POST', path: '/auth/email/verify', body: { email, code }, signal },
        ...{ isPublic: true, mayRenew: false, isSafeToRepeat: false },
      }),
    );
  }

  /** Until when the session lasts, and how many messages are left. */
  session({ signal }: CallOptions = {}): Promise<SessionResponse> {
    return this.transport.call({ method: 'GET', path: '/auth/session', signal });
  }

  /** Ends the session; its token is dead at once. */
  async signOut({ signal }: CallOptions = {}): Promise<void> {
    try {
      await this.transport.call({ method: 'DELETE', path: '/auth/session', signal, mayRenew: false });
    } catch (error) {
      // Where the answer to a first try was lost, the second hears that there is nothing left to end.
      if (!(error instanceof ParleyProblem && ['session_ended', 'token_expired'].includes(error.code))) {
        throw error;
      }
    }
    this.transport.token = undefined;
  }

  /** The visitor's own live sessions, where the service verifies addresses. */
  async sessions({ signal }: CallOptions = {}): Promise<SessionListItem[]> {
    const path = '/auth/sessions';
    return (await this.transport.call<SessionListResponse>({ method: 'GET', path, signal })).sessions;
  }

  async endSession(sessionId: string, { signal }: CallOptions = {}): Promise<void> {
    const path = `/auth/sessions/${encodeURIComponent(sessionId)}`;
    await this.transport.call({ method: 'DELETE', path, signal });
  }

  /** Sends a message and waits for the whole reply. However often it has to be sent, it is answered once. */
  send(
    message: string,
    { idempotencyKey = newKey(), signal }: SendOptions = {},
  ): Promise<SendMessageResponse> {
    return this.transport.call({
      ...{ method: 'POST', path: '/chat', body: { message }, signal },
      headers: { 'idempotency-key': idempotencyKey },
    });
  }

  /**
   * Sends a message and tells its reply while it is written; a lost connection is taken up where it broke. Leaving
   * the loop ends the listening, not the turn: `cancel` does that.
   */
  stream(
    message: string,
    { idempotencyKey = newKey(), signal }: SendOptions = {},
  ): AsyncGenerator<TurnEvent, void, undefined> {
    return new TurnStream(this.transport, message, idempotencyKey, signal).events();
  }

  /** The events of a turn that was sent before, from its start; for a page that was reloaded in the middle. */
  streamAgain(messageId: string, { signal }: CallOptions = {}): AsyncGenerator<TurnEvent, void, undefined> {
    return TurnStream.of(this.transport, messageId, signal).events();
  }

  /** Ends a turn that is running; the text so far is its reply. */
  async cancel(messageId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.call({ method: 'POST', path: `${messagePath(messageId)}/cancel`, signal });
  }

  message(messageId: string, { signal }: CallOptions = {}): Promise<HistoryItem> {
    return this.transport.call({ method: 'GET', path: messagePath(messageId), signal });
  }

  /** The conversation in pages, the newest first; within each the oldest first. */
  async *history({ limit, signal }: HistoryOptions = {}): AsyncGenerator<HistoryResponse, void, undefined> {
    const query = new URLSearchParams(limit === undefined ? {} : { limit: String(limit) });
    for (;;) {
      const path = `/chat/history?${query.toString()}`;
      const page = await this.transport.call<HistoryResponse>({ method: 'GET', path, signal });
      yield page;
      if (page.next_cursor === null) {
        return;
      }
      query.set('before', page.next_cursor);
    }
  }

  /** Erases the whole conversation for good; the session goes on. */
  async eraseHistory({ signal }: CallOptions = {}): Promise<void> {
    await this.transport.call({ method: 'DELETE', path: '/chat/history', signal });
  }

  /** What is new in the conversation, for as long as it is listened to. */
  events({ signal }: CallOptions = {}): AsyncGenerator<SessionEvent, void, undefined> {
    return sessionEvents(this.transport, signal);
  }

  private use(answer: AccessTokenResponse): AccessTokenResponse {
    this.transport.token = answer.access_token;
    return answer;
  }
}

function messagePath(messageId: string): string {
  return `/chat/messages/${encodeURIComponent(messageId)}`;
}

/** `crypto.randomUUID` is there on pages served with TLS only. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
