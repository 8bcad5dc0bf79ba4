import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { completion, errorBody, streamSteps } from './chat-completion.js';
import {
  echo,
  lastUserMessage,
  type AnswerScript,
  type ChatCompletionRequest,
  type ModelScript,
} from './model-script.js';

export interface RecordedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: ChatCompletionRequest;
  /** Settles when the exchange is over: answered to the end, or given up by either side. */
  readonly closed: Promise<void>;
}

/** One script for every request, or one chosen by the request. */
export type Responder = ModelScript | ((request: ChatCompletionRequest) => ModelScript);

export interface ModelServerOptions {
  /** Default: {@link echo}. */
  readonly reply?: Responder;
  /** The key that a request must carry; absent: none is asked for. */
  readonly apiKey?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Whether requests are kept and counted; a long benchmark does without. Default: true. */
  readonly isRecording?: boolean;
}

/**
 * A model on loopback that speaks OpenAI's chat-completions protocol, streamed and not. What it answers is
 * scripted and can be changed while it runs.
 */
export class ModelServer {
  readonly requests: RecordedRequest[] = [];
  private readonly calls = new Map<string, number>();
  private readonly waiting: ((request: RecordedRequest) => void)[] = [];
  private responder: Responder;
  private readonly http: Server;
  private readonly options: ModelServerOptions;

  private constructor(options: ModelServerOptions) {
    this.options = options;
    this.responder = options.reply ?? echo();
    this.http = createServer((request, response) => {
      // Only a fault of this server itself can get here; the client sees its connection break.
      this.serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(options: ModelServerOptions = {}): Promise<ModelServer> {
    const server = new ModelServer(options);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject);
      server.http.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** The base URL a client is configured with. */
  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1`;
  }

  respondWith(reply: Responder): void {
    this.responder = reply;
  }

  /** How many calls had this text as their last user message. */
  callsFor(text: string): number {
    return this.calls.get(text) ?? 0;
  }

  /** The next request to arrive from now on. */
  nextRequest(): Promise<RecordedRequest> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Ends every connection, also those whose request hangs. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const over = new AbortController();
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    void closed.then(() => over.abort());
    const key = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      sendJson(response, 404, errorBody(404, key));
      return;
    }
    const body = await readBody(request);
    if (this.options.isRecording !== false) {
      this.record({ headers: request.headers, body, closed });
    }
    if (this.options.apiKey !== undefined && key !== this.options.apiKey) {
      sendJson(response, 401, errorBody(401, key));
      return;
    }
    const script = typeof this.responder === 'function' ? this.responder(body) : this.responder;
    switch (script.kind) {
      case 'hang':
        return;
      case 'status':
        if (script.retryAfterSeconds !== undefined) {
          response.setHeader('Retry-After', script.retryAfterSeconds);
        }
        sendJson(response, script.status, errorBody(script.status, key));
        return;
      case 'answer':
        return this.answer(script, body, response, over.signal);
    }
  }

  private async answer(
    script: AnswerScript,
    body: ChatCompletionRequest,
    response: ServerResponse,
    over: AbortSignal,
  ): Promise<void> {
    await script.heldUntil;
    if (script.delayMs > 0) {
      await pause(script.delayMs, over);
    }
    if (body.stream !== true) {
      sendJson(response, 200, completion(script, body));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    // One packet for what needs no pause. Not `response.cork()`: it sends the final chunk before the others.
    const { socket } = response;
    socket?.cork();
    for (const step of streamSteps(script, body)) {
      if ('fault' in step) {
        socket?.uncork();
        await step.fault.once;
        if (step.fault.kind === 'stall') {
          return;
        }
        if (step.fault.kind === 'cut') {
          // A comment with a callback: everything before it has left this process when it is called.
          await new Promise<void>((resolve) => response.write(': cut\n\n', () => resolve()));
          response.destroy();
          return;
        }
        break;
      }
      if (script.deltaDelayMs > 0) {
        socket?.uncork();
        await pause(script.deltaDelayMs, over);
      }
      response.write(step.frame);
    }
    response.end();
    socket?.uncork();
  }

  private record(request: RecordedRequest): void {
    const text = lastUserMessage(request.body);
    this.requests.push(request);
    this.calls.set(text, this.callsFor(text) + 1);
    for (const resolve of this.waiting.splice(0)) {
      resolve(request);
    }
  }
}

/** Waits, but not for a client that has gone. */
async function pause(ms: number, over: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
}

async function readBody(request: IncomingMessage): Promise<ChatCompletionRequest> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
  }
  return JSON.parse(text) as ChatCompletionRequest;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
