import { ContractGuard } from './contract-guard.js';

export interface ApiResponse<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

export interface SignedIn {
  readonly token: string;
  readonly sessionId: string;
}

export interface SentMessage {
  readonly success: boolean;
  readonly response: string;
  readonly message_id: string;
  readonly reply_id: string;
  readonly outcome: string;
  readonly created_at: string;
}

export interface HistoryItemBody {
  readonly id: string;
  readonly role: string;
  readonly message: string;
  readonly response: string;
  readonly outcome: string;
  readonly timestamp: string;
  readonly responded_at: string | null;
  readonly edited_at: string | null;
}

export interface HistoryBody {
  readonly messages: HistoryItemBody[];
  readonly total: number;
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

/** Calls the service as a client does; every answer is checked against openapi.json. */
export class ApiClient {
  private readonly guard = ContractGuard.shared();

  constructor(private readonly url: string) {}

  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    { body, headers = {}, token }: CallOptions = {},
  ): Promise<ApiResponse<Body>> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        'user-agent': 'parley-tests/1.0',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = text === '' || !isJson ? undefined : JSON.parse(text);
    this.guard.check(method, path, response, parsed);
    return { status: response.status, headers: response.headers, body: parsed as Body };
  }

  async signIn(email = 'visitor@example.com', headers?: Record<string, string>): Promise<SignedIn> {
    const { status, body } = await this.call<{ access_token: string; session_id: string }>(
      'POST',
      '/auth/email',
      {
        body: { email },
        ...(headers && { headers }),
      },
    );
    if (status !== 200) {
      throw new Error(`sign-in answered ${status}`);
    }
    return { token: body.access_token, sessionId: body.session_id };
  }

  send(token: string, message: string, key?: string): Promise<ApiResponse<SentMessage>> {
    return this.call<SentMessage>('POST', '/chat', {
      token,
      body: { message },
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  }

  history(token: string, query = ''): Promise<ApiResponse<HistoryBody>> {
    return this.call<HistoryBody>('GET', `/chat/history${query}`, { token });
  }

  /** The whole conversation, oldest first, read in pages of `limit`. */
  async wholeHistory(token: string, limit = 100): Promise<HistoryItemBody[]> {
    const pages: HistoryItemBody[][] = [];
    let cursor: string | null = null;
    do {
      const before: string = cursor === null ? '' : `&before=${cursor}`;
      const { status, body } = await this.history(token, `?limit=${limit}${before}`);
      if (status !== 200) {
        throw new Error(`history answered ${status}`);
      }
      pages.unshift(body.messages);
      cursor = body.next_cursor;
    } while (cursor !== null);
    return pages.flat();
  }
}
