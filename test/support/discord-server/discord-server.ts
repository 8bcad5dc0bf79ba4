import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { noFaults, rateLimited, type Fault, type FaultScript } from './discord-faults.js';
import { DiscordGatewayServer } from './discord-gateway.js';
import { DiscordInteractions } from './discord-interactions.js';
import type { ChannelLimits } from './discord-limits.js';
import { answerCall } from './discord-routes.js';
import { DiscordMember, type MemberOptions } from './discord-member.js';
import { DiscordState } from './discord-state.js';

export interface RecordedCall {
  readonly method: string;
  /** Without `/api/v10`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly at: number;
}

export interface DiscordServerOptions {
  /** Default: any free port. */
  readonly port?: number;
  readonly state?: DiscordState;
}

const TOKEN = 'a-token-of-the-fake-discord';
const CHANNEL_ID = '700000000000000001';

/** Discord on loopback: its HTTP API and its gateway. What goes wrong is scripted, and can change while it runs. */
export class DiscordServer {
  readonly calls: RecordedCall[] = [];
  readonly state: DiscordState;
  readonly gateway: DiscordGatewayServer;
  readonly interactions = new DiscordInteractions();
  /** What a bot must send. */
  token = TOKEN;
  faults: FaultScript = noFaults;
  limits: ChannelLimits | undefined;
  /** How long every answer takes. */
  delayMs = 0;
  /** Whether calls are kept; a long benchmark does without. */
  isRecording = true;
  private readonly http: Server;

  private constructor({ state }: DiscordServerOptions) {
    this.state = state ?? new DiscordState(CHANNEL_ID);
    this.http = createServer((request, response) => {
      // Only a fault of this server itself can get here; the client sees its connection break.
      this.serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.gateway = new DiscordGatewayServer(
      this.http,
      () => this.token,
      () => this.gatewayUrl,
      this.state.channelId,
    );
  }

  static async start(options: DiscordServerOptions = {}): Promise<DiscordServer> {
    const server = new DiscordServer(options);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject);
      server.http.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Somebody on the server. */
  member(options: MemberOptions = {}): DiscordMember {
    return new DiscordMember(this, options);
  }

  get gatewayUrl(): string {
    return `ws://127.0.0.1:${this.port}/gateway`;
  }

  /** The settings of a service that talks to this server. */
  get settings(): Record<string, string> {
    return {
      DISCORD_ENABLED: 'true',
      DISCORD_BOT_TOKEN: TOKEN,
      DISCORD_CHANNEL_ID: this.state.channelId,
      DISCORD_API_URL: `http://127.0.0.1:${this.port}/api`,
    };
  }

  /** Ends every connection, also those that are held. What it knows stays, for one that takes its place. */
  async close(): Promise<void> {
    this.gateway.close();
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const call: RecordedCall = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/api\/v10/, ''),
      query: url.searchParams,
      body: await readJson(request),
      at: Date.now(),
    };
    if (this.isRecording) {
      this.calls.push(call);
    }
    if (this.delayMs > 0) {
      await delay(this.delayMs);
    }
    // Their addresses hold a secret of their own.
    const needsNoToken = /^\/(interactions|webhooks)\//.test(call.path);
    if (!needsNoToken && request.headers.authorization !== `Bot ${this.token}`) {
      send(response, 401, { message: '401: Unauthorized', code: 0 });
      return;
    }
    const limit = /^\/channels\/(\d+)\/messages$/.exec(call.path)?.[1];
    const counted = call.method === 'POST' && limit !== undefined ? this.limits?.count(limit) : undefined;
    const fault =
      counted?.retryAfterSeconds === undefined ? this.faults(call) : rateLimited(counted.retryAfterSeconds);
    await this.answer(call, fault, response, counted?.headers);
  }

  private async answer(
    call: RecordedCall,
    fault: Fault | undefined,
    response: ServerResponse,
    headers: Record<string, string> = {},
  ): Promise<void> {
    if (fault?.kind === 'answer') {
      send(response, fault.status, fault.body ?? {}, { ...headers, ...fault.headers });
      return;
    }
    if (fault?.kind === 'break') {
      response.destroy();
      return;
    }
    const { status, body, event } = answerCall(this.state, call, this.gatewayUrl, this.interactions);
    if (event !== undefined) {
      this.gateway.dispatch(...event);
    }
    if (fault?.kind === 'lose-answer') {
      response.destroy();
      return;
    }
    await (fault?.kind === 'hold-answer' ? fault.until : undefined);
    send(response, status, body, headers);
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  if (status === 204) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
  }
  return text === '' ? undefined : JSON.parse(text);
}
