import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';

const DISPATCH = 0;
const GUILD_MESSAGES = 1 << 9;
const MESSAGE_CONTENT = 1 << 15;
/** How many events Discord keeps for a session that is not connected. */
const MOST_KEPT = 1_000;

/** What one client is told, in numbered order, over as many connections as it takes. */
export class GatewaySession {
  readonly id = randomUUID();
  private readonly kept: { readonly sequence: number; readonly packet: string }[] = [];
  private sequence = 0;

  constructor(
    private readonly intents: number,
    public socket: WebSocket | undefined,
  ) {}

  /** Only what its intents ask for, and texts only with the privileged one. */
  send(type: string, data: object): void {
    if (type.startsWith('MESSAGE_') && (this.intents & GUILD_MESSAGES) === 0) {
      return;
    }
    const isBlank = 'content' in data && (this.intents & MESSAGE_CONTENT) === 0;
    this.sequence += 1;
    const told = isBlank ? { ...data, content: '' } : data;
    const packet = JSON.stringify({ op: DISPATCH, t: type, s: this.sequence, d: told });
    this.kept.push({ sequence: this.sequence, packet });
    if (this.kept.length > MOST_KEPT) {
      this.kept.shift();
    }
    this.socket?.send(packet);
  }

  /** Sends again what came after a number. */
  repeatAfter(number: number): void {
    for (const { sequence, packet } of this.kept) {
      if (sequence > number) {
        this.socket?.send(packet);
      }
    }
  }
}
