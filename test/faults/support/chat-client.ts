import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { isProblem, type Acknowledged, type CallRecord } from './call-record.js';

export interface ChatAnswer {
  readonly record: CallRecord;
  readonly body: Record<string, unknown>;
}

export interface ChatCall {
  readonly token: string;
  readonly message: string;
  readonly key: string;
  /** How long the client waits. Default: 60 s, so that the service's own bounds show. */
  readonly withinMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const RETRY_PAUSE_MS = 200;

/** Visitors behind one address, with connections they keep alive. Every call is recorded. */
export class ChatClient {
  readonly calls: CallRecord[] = [];
  readonly acknowledged: Acknowledged[] = [];
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections = 64,
  ) {
    this.agent = new Agent({
      connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      bodyTimeout: 0,
      headersTimeout: 0,
    });
  }

  /** Tokens of so many new sessions, each of an address of its own. */
  async signIn(sessions: number): Promise<string[]> {
    const tokens: string[] = [];
    while (tokens.length < sessions) {
      const { record, body } = await this.call('POST', '/auth/email', {
        key: `sign-in-${tokens.length}`,
        body: { email: `visitor-${tokens.length}@example.com` },
      });
      if (record.result !== 'ok') {
        throw new Error(`sign-in was answered ${JSON.stringify(record)}`);
      }
      tokens.push(String(body['access_token']));
    }
    return tokens;
  }

  /** Sends a message once, and keeps the record; its reply counts as acknowledged from the moment it is here. */
  async send({ token, message, key, withinMs, headers }: ChatCall): Promise<ChatAnswer> {
    const answer = await this.call('POST', '/chat', {
      key,
      token,
      body: { message },
      withinMs,
      headers: { 'idempotency-key': key, ...headers },
    });
    this.calls.push(answer.record);
    if (answer.record.result === 'ok') {
      const { message_id: messageId, response } = answer.body;
      this.acknowledged.push({ key, token, message, messageId: String(messageId), reply: String(response) });
    }
    return answer;
  }

  /** Sends a message with its key again and again until it is answered, as a patient client does. */
  async sendUntilAnswered(call: ChatCall, isOver: () => boolean = () => false): Promise<void> {
    while ((await this.send(call)).record.result !== 'ok' && !isOver()) {
      await delay(RETRY_PAUSE_MS);
    }
  }

  /** Reads a page of history; recorded like any call. */
  async readHistory(token: string, key: string): Promise<ChatAnswer> {
    const answer = await this.call('GET', '/chat/history?limit=20', { key, token });
    this.calls.push(answer.record);
    return answer;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** One call, whose end is told and never thrown. */
  async call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    options: {
      readonly key: string;
      readonly token?: string;
      readonly body?: object;
      readonly withinMs?: number | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<ChatAnswer> {
    const startedAt = performance.now();
    const finish = (rest: Omit<CallRecord, 'key' | 'startedAt' | 'durationMs'>): CallRecord => ({
      key: options.key,
      startedAt,
      durationMs: performance.now() - startedAt,
      ...rest,
    });
    try {
      const response = await request(`${this.url}${path}`, {
        dispatcher: this.agent,
        method,
        signal: AbortSignal.timeout(options.withinMs ?? 60_000),
        headers: {
          'user-agent': 'parley-fault-suite/1.0',
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      const text = await response.body.text();
      const contentType = header(response.headers['content-type']);
      const body = /json/.test(contentType ?? '') ? (JSON.parse(text) as Record<string, unknown>) : {};
      const isRefusal = isProblem(contentType ?? null);
      const isOk = response.statusCode >= 200 && response.statusCode < 300;
      return {
        body,
        record: finish({
          result: isOk ? 'ok' : isRefusal ? 'failed' : 'unknown',
          status: response.statusCode,
          problem: isRefusal ? String(body['code']) : undefined,
          retryAfter: header(response.headers['retry-after']),
          error: undefined,
        }),
      };
    } catch (error) {
      const { name, code } = error as NodeJS.ErrnoException;
      return {
        body: {},
        record: finish({
          result: 'unknown',
          status: undefined,
          problem: undefined,
          retryAfter: undefined,
          error: code ?? name,
        }),
      };
    }
  }
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
