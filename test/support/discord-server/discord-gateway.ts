import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { GatewaySession } from './discord-gateway-session.js';
import { BOT, GUILD_ID } from './discord-state.js';

const OPERATION = {
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalid: 9,
  hello: 10,
  acknowledge: 11,
};
const CLOSE = { normal: 1000, authenticationFailed: 4004, disallowedIntents: 4014 };
const GUILD_LISTS = ['roles', 'emojis', 'stickers', 'members', 'threads', 'voice_states', 'presences'];
const HEARTBEAT_MS = 41_250;
const MOST_SESSIONS = 10;

interface Packet {
  readonly op: number;
  readonly d: {
    readonly token?: string;
    readonly intents?: number;
    readonly session_id?: string;
    readonly seq?: number;
  };
}

/** Discord's gateway: a session for each client that has logged in, which it can resume on another connection. */
export class DiscordGatewayServer {
  /** The intents that the bot may not use; whoever asks for one is closed with 4014. */
  disallowedIntents = 0;
  /** What each IDENTIFY brought, in order. */
  readonly identified: { readonly intents: number }[] = [];
  /** How many sessions were resumed. */
  resumed = 0;
  /** How many events that were sent before are sent again when a session is resumed. */
  repeatedOnResume = 0;
  private readonly sockets: WebSocketServer;
  private readonly sessions = new Map<string, GatewaySession>();

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
    return this.connected.length;
  }

  /** Tells every session of an event; one that is not connected is told when it is resumed. */
  dispatch(type: string, data: object): void {
    for (const session of this.sessions.values()) {
      session.send(type, data);
    }
  }

  /** Breaks every connection; the sessions can be resumed. */
  cut(): void {
    for (const { socket } of this.connected) {
      socket?.terminate();
    }
  }

  /** Asks every client to connect anew and resume. */
  askToReconnect(): void {
    for (const { socket } of this.connected) {
      socket?.send(JSON.stringify({ op: OPERATION.reconnect, d: null }));
    }
  }

  /** Forgets every session: clients have to log in again, and are never told what happens meanwhile. */
  invalidate(): void {
    const { connected } = this;
    this.sessions.clear();
    for (const { socket } of connected) {
      socket?.send(JSON.stringify({ op: OPERATION.invalid, d: false }));
    }
  }

  close(): void {
    for (const socket of this.sockets.clients) {
      socket.terminate();
    }
    this.sockets.close();
  }

  private get connected(): GatewaySession[] {
    return [...this.sessions.values()].filter(({ socket }) => socket !== undefined);
  }

  private greet(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => this.receive(socket, JSON.parse(data.toString()) as Packet));
    socket.on('close', (code) => this.leave(socket, code));
    socket.send(JSON.stringify({ op: OPERATION.hello, d: { heartbeat_interval: HEARTBEAT_MS } }));
  }

  private leave(socket: WebSocket, code: number): void {
    const session = [...this.sessions.values()].find((each) => each.socket === socket);
    if (session !== undefined) {
      session.socket = undefined;
      if (code === CLOSE.normal) {
        this.sessions.delete(session.id);
      }
    }
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
        this.resume(socket, d.session_id ?? '', d.seq ?? 0);
        break;
    }
  }

  private resume(socket: WebSocket, sessionId: string, sequence: number): void {
    const session = this.sessions.get(sessionId);
    if (session === undefined) {
      socket.send(JSON.stringify({ op: OPERATION.invalid, d: false }));
      return;
    }
    this.resumed += 1;
    session.socket = socket;
    session.repeatAfter(sequence - this.repeatedOnResume);
    session.send('RESUMED', {});
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
    const session = new GatewaySession(intents, socket);
    this.sessions.set(session.id, session);
    const [oldest = ''] = this.sessions.keys();
    if (this.sessions.size > MOST_SESSIONS) {
      this.sessions.delete(oldest);
    }
    session.send('READY', {
      v: 10,
      user: BOT,
      guilds: [{ id: GUILD_ID, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: this.url(),
      application: { id: BOT.id, flags: 0 },
    });
    session.send('GUILD_CREATE', {
      id: GUILD_ID,
      name: 'A server',
      owner_id: BOT.id,
      channels: [{ id: this.channelId, type: 0, name: 'support' }],
      ...Object.fromEntries(GUILD_LISTS.map((name) => [name, []])),
    });
  }
}
