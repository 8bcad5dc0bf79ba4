import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SessionEnded } from '../../auth/events/session-ended.event.js';
import { OnDomainEvent } from '../../common/events/domain-events.js';
import type { Transaction } from '../../common/events/transaction.js';
import { Drain } from '../../common/http/drain.js';
import { RedisConnection } from '../../common/redis/redis-connection.js';
import { Database } from '../../database/database.js';
import { DatabaseNotifications } from '../../database/database-notifications.js';
import { NewsStreams } from '../news/news-streams.js';
import { NOTIFY_SESSION_ENDED, SELECT_MISSED_SIGNALS } from './delta-statements.js';
import { OpenStreams } from './open-streams.js';
import { RunningTurns } from './running-turns.js';
import { TurnFollower } from './turn-follower.js';
import { parseSignal, TURN_CHANNEL, type TurnSignal } from './turn-signals.js';

/** A signal can be lost; its news then takes this long. */
const LOOK_INTERVAL_MS = 1_000;

/** Acts on what other replicas say about turns and sessions, and looks by itself in case it did not hear. */
@Injectable()
export class TurnSignalsListener implements OnModuleInit {
  private readonly logger = new Logger(TurnSignalsListener.name);
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  constructor(
    private readonly database: Database,
    private readonly notifications: DatabaseNotifications,
    private readonly redis: RedisConnection,
    private readonly running: RunningTurns,
    private readonly follower: TurnFollower,
    private readonly streams: OpenStreams,
    private readonly news: NewsStreams,
    private readonly drain: Drain,
  ) {}

  onModuleInit(): void {
    const hear = (payload: string): void => {
      const signal = parseSignal(payload);
      if (signal !== undefined) {
        this.act(signal);
      }
    };
    this.notifications.listen(TURN_CHANNEL, hear);
    this.redis.subscribe(TURN_CHANNEL, hear);
    this.timer = setInterval(() => void this.look(), LOOK_INTERVAL_MS).unref();
    this.drain.join({
      close: () => {
        this.stopLooking();
        return Promise.resolve();
      },
    });
  }

  /** Acts on what it hears alone from then on. */
  stopLooking(): void {
    clearInterval(this.timer);
  }

  /** Told with the end itself: whoever has its streams open hears of it when it is committed. */
  @OnDomainEvent(SessionEnded)
  onSessionEnded({ sessionId }: SessionEnded, transaction: Transaction): Promise<void> {
    transaction.enlist(NOTIFY_SESSION_ENDED, [sessionId]);
    return Promise.resolve();
  }

  private act({ kind, ids }: TurnSignal): void {
    switch (kind) {
      case 'turn':
        this.follower.read(ids);
        break;
      case 'watch':
        ids.forEach((id) => this.running.find(id)?.watch());
        break;
      case 'cancel':
        ids.forEach((id) => this.running.find(id)?.cancel());
        break;
      case 'session':
        ids.forEach((id) => this.streams.endSession(id));
        break;
      case 'news':
        ids.forEach((id) => this.news.wake(id));
        break;
    }
  }

  private async look(): Promise<void> {
    this.follower.readEverything();
    const turnIds = this.running.ids();
    const places = this.places();
    if (this.isLooking || turnIds.length + places.length === 0) {
      return;
    }
    this.isLooking = true;
    try {
      await this.news.keepWatch();
      const missed = await this.database.query<{ kind: 'cancel' | 'session' | 'news'; id: string }>(
        SELECT_MISSED_SIGNALS,
        [
          turnIds,
          places.map(({ sessionId }) => sessionId),
          places.map(({ place }) => place),
          places.map(({ isTakenOver }) => isTakenOver),
        ],
      );
      missed.forEach(({ kind, id }) => this.act({ kind, ids: [id] }));
    } catch (error) {
      // The next look asks again.
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.debug({ msg: 'signals could not be looked for', error_name: name });
    } finally {
      this.isLooking = false;
    }
  }

  /** How far each session with a stream is known here; nothing is where nobody waits for its news. */
  private places(): LookedAtPlace[] {
    const known = this.news.known();
    const ids = new Set(known.map(({ sessionId }) => sessionId));
    const others = this.streams.sessionIds().filter((id) => !ids.has(id));
    return [...known, ...others.map((sessionId) => ({ sessionId, place: null, isTakenOver: null }))];
  }
}

interface LookedAtPlace {
  readonly sessionId: string;
  readonly place: number | null;
  readonly isTakenOver: boolean | null;
}
