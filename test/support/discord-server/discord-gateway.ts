import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { BOT, GUILD_ID } from './discord-state.js';

const OPERATION = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, hello: 10, acknowledge: 11 };
const CLOSE = { authenticationFailed: 4004, disallowedIntents: 4014 };
const GUILD_LISTS = ['roles', 'emojis', 'stickers', 'members', 'threads', 'voice_states', 'presences'];
const HEARTBEAT_MS = 41_250;

interface Packet {
  readonly op: number;
  readonly d: { readonly token?: string; readonly intents?: number };
}

/** Discord's gateway: one WebSocket for each client that has logged in. */
export class DiscordGatewayServer {
  /** The intents that the bot may not use; whoever asks for one is closed with 4014. */
  disallowedIntents = 0;
  /** What each IDENTIFY brought, in order. */
  readonly identified: { readonly intents: number }[] = [];
  private readonly sockets: WebSocketServer;
  private readonly ready = new Set<WebSocket>();
  private sequence = 0;

  constructor(
    http: Server,
    private readonly token: () => string,
    private readonly url: () => string,
    private readonly channelId: string,
  ) {
    this.sockets = new WebSocketServer({ server: http });
    this.sockets.on('connection', (socket) => this.greet(socket));
  }

  /** How many clients are logged in. */
  get clients(): number {
    return this.ready.size;
  }

  /** Tells every client of an event. */
  dispatch(type: string, data: object): void {
    for (const socket of this.ready) {
      this.send(socket, type, data);
    }
  }

  close(): void {
    for (const socket of this.sockets.clients) {
      socket.terminate();
    }
    this.sockets.close();
  }

  private greet(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => this.receive(socket, JSON.parse(data.toString()) as Packet));
    socket.on('close', () => this.ready.delete(socket));
    socket.send(JSON.stringify({ op: OPERATION.hello, d: { heartbeat_interval: HEARTBEAT_MS } }));
  }

  private receive(socket: WebSocket, { op, d }: Packet): void {
    switch (op) {
      case OPERATION.heartbeat:
        socket.send(JSON.stringify({ op: OPERATION.acknowledge }));
        break;
      case OPERATION.identify:
        this.identify(socket, d.token ?? '', d.intents ?? 0);
        break;
      case OPERATION.resume:
        this.ready.add(socket);
        this.send(socket, 'RESUMED', {});
        break;
    }
  }

  private identify(socket: WebSocket, token: string, intents: number): void {
    if (token !== this.token()) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
      return;
    }
    if ((intents & this.disallowedIntents) !== 0) {
      socket.close(CLOSE.disallowedIntents, 'Disallowed intent(s).');
      return;
    }
    this.identified.push({ intents });
    this.ready.add(socket);
    this.send(socket, 'READY', {
      v: 10,
      user: BOT,
      guilds: [{ id: GUILD_ID, unavailable: true }],
      session_id: 'session',
      resume_gateway_url: this.url(),
      application: { id: BOT.id, flags: 0 },
    });
    this.send(socket, 'GUILD_CREATE', {
      id: GUILD_ID,
      name: 'A server',
      owner_id: BOT.id,
      channels: [{ id: this.channelId, type: 0, name: 'support' }],
      ...Object.fromEntries(GUILD_LISTS.map((name) => [name, []])),
    });
  }

  private send(socket: WebSocket, type: string, data: object): void {
    this.sequence += 1;
    socket.send(JSON.stringify({ op: OPERATION.dispatch, t: type, s: this.sequence, d: data }));
  }
}
