import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { EventStream } from './event-stream.js';
import { SESSION_ENDED, STOPPING } from './stream-event.js';

/** The streams this process has open, by session. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private isStopping = false;
  private readonly bySession = new Map<string, Set<EventStream>>();

  sessionIds(): string[] {
    return [...this.bySession.keys()];
  }

  /** Remembers a stream until it is closed. */
  add(stream: EventStream): void {
    const { sessionId } = stream;
    const streams = this.bySession.get(sessionId) ?? new Set();
    this.bySession.set(sessionId, streams.add(stream));
    if (this.isStopping) {
      stream.endWith(STOPPING);
    }
    stream.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0) {
        this.bySession.delete(sessionId);
      }
    });
  }

  endSession(sessionId: string): void {
    for (const stream of this.bySession.get(sessionId) ?? []) {
      stream.endWith(SESSION_ENDED);
    }
  }

  /** Sends readers on to another replica: their turns end here, and they can read on elsewhere at once. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const streams of this.bySession.values()) {
      streams.forEach((stream) => stream.endWith(STOPPING));
    }
  }
}
