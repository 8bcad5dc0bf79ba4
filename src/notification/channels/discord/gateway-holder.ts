import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { GatewayDispatchEvents, GatewayDispatchPayload } from 'discord.js';
import type { DatabaseConnection } from '../../../database/database-connection.js';
import { ChannelUnavailable } from '../../delivery/delivery-errors.js';
import type { OperatorNotices } from '../../delivery/operator-notices.js';
import { AdvisoryLock } from './advisory-lock.js';
import { toDeliveryError, WRONG_TOKEN } from './discord-error.js';
import type { DiscordGateway, GatewayData } from './discord-gateway.js';
import { GatewayClient, type GatewaySettings } from './gateway-client.js';

/** Any constant: it only has to be the same for every replica. */
const GATEWAY_LOCK = 7_405_110_924;
const PART = 'gateway';
/** How often the others ask for the lock: they take over within this and a moment. */
const ASK_MS = 2_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

const CLOSE_CODE_MENDS: ReadonlyMap<number, string> = new Map([
  [4004, WRONG_TOKEN],
  [
    4014,
    'the bot asks for an intent that it may not use; switch on "Message Content Intent" for it in the Developer Portal, under Bot',
  ],
]);

type Listener = (data: never) => void | Promise<void>;

/** Keeps one replica of all connected to Discord's gateway. Notifications do not need it; a desk does. */
export class GatewayHolder implements DiscordGateway {
  private readonly logger = new Logger('DiscordGateway');
  private readonly listeners = new Map<string, Listener[]>();
  private readonly lostListeners: (() => Promise<void>)[] = [];
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private pauseMs = 0;
  private isHolding = false;
  private lettingGo = new AbortController();

  constructor(
    private readonly settings: GatewaySettings,
    private readonly connection: DatabaseConnection,
    private readonly notices: OperatorNotices,
  ) {}

  get isConnected(): boolean {
    return this.isHolding;
  }

  on<Type extends GatewayDispatchEvents>(
    type: `${Type}`,
    listener: (data: GatewayData<Type>) => void | Promise<void>,
  ): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  onLost(listener: () => Promise<void>): void {
    this.lostListeners.push(listener);
  }

  letGo(): void {
    this.lettingGo.abort();
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let pauseMs = ASK_MS;
      try {
        await this.takeAndHold();
      } catch (error) {
        this.report(error);
        this.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.pauseMs * 2));
        pauseMs = this.pauseMs;
      }
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async takeAndHold(): Promise<void> {
    const lock = await AdvisoryLock.tryToTake(this.connection, GATEWAY_LOCK);
    try {
      await (lock && this.hold(lock));
    } finally {
      await lock?.release();
    }
  }

  /** Returns when the lock is lost or the service stops; throws when Discord has closed the door. */
  private async hold(lock: AdvisoryLock): Promise<void> {
    this.lettingGo = new AbortController();
    const state = { isOpen: true };
    const client = await GatewayClient.create(this.settings, (payload) => {
      if (state.isOpen) {
        this.dispatch(payload);
      }
    });
    try {
      const end = await Promise.race([client.stayConnected(), lock.ended, ...this.ends()]);
      if (end) {
        throw closedForGood(end.closeCode);
      }
    } finally {
      state.isOpen = false;
      this.isHolding = false;
      await client.close();
      await Promise.all(this.lostListeners.map((listener) => listener()));
    }
  }

  private dispatch(payload: GatewayDispatchPayload): void {
    const type: string = payload.t;
    if (type === 'READY') {
      this.isHolding = true;
      this.notices.clear(PART);
      this.pauseMs = 0;
      this.notices.tell(PART, 'this replica holds the Discord gateway');
    }
    for (const listener of this.listeners.get(type) ?? []) {
      void this.notify(listener, payload);
    }
  }

  private async notify(listener: Listener, { t, d }: GatewayDispatchPayload): Promise<void> {
    try {
      await listener(d as never);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.error({ msg: 'an event of Discord could not be handled', type: t, error_name: name });
    }
  }

  private report(error: unknown): void {
    if (!this.stopping.signal.aborted) {
      const { message, kind } = explain(error);
      this.notices.report(PART, message, kind === 'settings' ? 'error' : 'warn');
    }
  }

  private ends(): Promise<undefined>[] {
    return [aborted(this.stopping.signal), aborted(this.lettingGo.signal)];
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
    }
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function closedForGood(code: number): ChannelUnavailable {
  const mend = CLOSE_CODE_MENDS.get(code) ?? `Discord has closed it with code ${code}`;
  return new ChannelUnavailable(mend, 'settings');
}

function explain(error: unknown): ChannelUnavailable {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'TokenInvalid') {
    return new ChannelUnavailable(WRONG_TOKEN, 'settings');
  }
  const meaning = error instanceof ChannelUnavailable ? error : toDeliveryError(error);
  return meaning instanceof ChannelUnavailable ? meaning : new ChannelUnavailable(meaning.message, 'outage');
}
