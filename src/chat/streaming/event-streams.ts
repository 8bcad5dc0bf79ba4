import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { unknownMessage } from '../unknown-message.js';
import type { StreamEncoding } from './encodings/stream-encoding.js';
import { EventStream } from './event-stream.js';
import { OpenStreams } from './open-streams.js';
import { RunningTurns } from './running-turns.js';
import { RESTARTED } from './stream-event.js';
import type { TurnFeed } from './turn-feed.js';
import { TurnFollower } from './turn-follower.js';

/** Opens the streams of turns, wherever these run. */
@Injectable()
export class EventStreams {
  private readonly heartbeatMs: number;

  constructor(
    private readonly running: RunningTurns,
    private readonly follower: TurnFollower,
    private readonly streams: OpenStreams,
    configuration: Configuration,
  ) {
    this.heartbeatMs = configuration.chat.streamHeartbeatMs;
  }

  of(feed: TurnFeed, from: number, encoding: StreamEncoding): EventStream {
    const stream = new EventStream(feed, from, encoding, this.heartbeatMs);
    this.streams.add(stream);
    return stream;
  }

  /**
   * A turn's stream from an event on. A reader who may have seen deltas of an attempt that died must not be
   * shown the rest of another: it is told to start anew.
   */
  async open(turnId: string, from: number, encoding: StreamEncoding): Promise<EventStream> {
    const turn = this.running.find(turnId) ?? (await this.follower.open(turnId));
    if (turn === undefined) {
      // Erased since it was looked up.
      throw unknownMessage();
    }
    const stream = this.of(turn.feed, from, encoding);
    // Beyond its deltas the dead attempt may have had one more event, the one that told of its end.
    const lastSeen = from - 1;
    if (turn.discardedDeltas > 0 && lastSeen > 0 && lastSeen <= turn.discardedDeltas + 1) {
      stream.endWith(RESTARTED);
    }
    return stream;
  }
}
