import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Configuration } from '../../config/configuration.js';

/** `unconfigured` without REDIS_URL. */
export type RedisState = 'unconfigured' | 'connected' | 'unreachable';

/** An answer that takes longer is no use to a request that waits for it. */
const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const PROBE_INTERVAL_MS = 500;
const PROBE_KEY = 'parley:probe';
const PROBE_LIFETIME_SECONDS = 5;

/**
 * The connection to Redis, through which replicas share counters. Nothing is kept there that the service
 * could not do without: when Redis does not answer, callers fall back at once to what their own process
 * knows, no request waits for it again until it answers, and it is taken back into use by itself.
 */
@Injectable()
export class RedisConnection implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly client: Redis | undefined;
  private readonly stopping = new AbortController();
  private subscriber: Redis | undefined;
  private isAnswering = false;
  private probing: Promise<void> = Promise.resolve();

  constructor({ redis }: Configuration) {
    this.client = redis.url === undefined ? undefined : createClient(redis.url);
    // Each failure also reaches the command that met it; without a listener it would end the process.
    this.client?.on('error', () => undefined);
  }

  get state(): RedisState {
    if (this.client === undefined) {
      return 'unconfigured';
    }
    return this.isAnswering ? 'connected' : 'unreachable';
  }

  /** Runs `work` on Redis; where Redis is not configured or does not answer, the result is that of `fallback`. */
  async use<T>(work: (client: Redis) => Promise<T>, fallback: () => T | Promise<T>): Promise<T> {
    if (this.client !== undefined && this.isAnswering) {
      try {
        return await work(this.client);
      } catch (error) {
        this.takeOutOfUse(error);
      }
    }
    return fallback();
  }

  /**
   * Hears what is published on a channel. Messages can be lost while Redis is away; without Redis there are
   * none. Must be called while modules are initialised.
   */
  subscribe(channel: string, handler: (message: string) => void): void {
    if (this.client === undefined) {
      return;
    }
    if (this.subscriber === undefined) {
      // A connection that listens can do nothing else. It comes back, subscriptions and all, by itself; nobody
      // waits for it, so it has all the time that Redis takes to be there.
      const patience = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined };
      this.subscriber = this.client.duplicate(patience);
      this.subscriber.on('error', () => undefined);
    }
    this.subscriber.on('message', (from, message) => {
      if (from === channel) {
        handler(message);
      }
    });
    // Sent once the connection stands; until then it waits, and a stop before that is no failure.
    this.subscriber.subscribe(channel).catch(() => undefined);
  }

  /** Waits a moment for Redis, so that replicas share their counters from the first request on. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.client === undefined) {
      return;
    }
    this.isAnswering = await this.answers(this.client);
    if (!this.isAnswering) {
      this.logger.warn({ msg: 'Redis does not answer; each process counts for itself until it does' });
      this.probing = this.probeUntilItAnswers(this.client);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.probing;
    this.subscriber?.disconnect();
    this.client?.disconnect();
  }

  private takeOutOfUse(error: unknown): void {
    if (this.client === undefined || !this.isAnswering || this.stopping.signal.aborted) {
      return;
    }
    this.isAnswering = false;
    this.logger.warn({
      msg: 'Redis does not answer; each process counts for itself until it does',
      error_name: error instanceof Error ? error.name : typeof error,
    });
    this.probing = this.probeUntilItAnswers(this.client);
  }

  private async probeUntilItAnswers(client: Redis): Promise<void> {
    while (!(await this.answers(client))) {
      await delay(PROBE_INTERVAL_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) {
        return;
      }
    }
    this.isAnswering = true;
    this.logger.log({ msg: 'Redis answers again; counters are shared' });
  }

  /** Tries to write: a replica that was left without its primary answers a ping, and refuses every counter. */
  private async answers(client: Redis): Promise<boolean> {
    try {
      if (client.status === 'wait') {
        await client.connect();
      }
      await client.set(PROBE_KEY, '1', 'EX', PROBE_LIFETIME_SECONDS);
      return true;
    } catch {
      // Any failure to answer is the answer.
      return false;
    }
  }
}

function createClient(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command fails at once rather than wait for a connection, and is never sent twice: it may have counted.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => PROBE_INTERVAL_MS,
    // After a fail-over the old primary only reads; another connection may reach the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}
