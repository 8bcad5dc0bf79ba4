import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { OpenStream } from './open-stream.js';
import { STOPPING } from './stream-event.js';

/** The streams this process has open, by session. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private isStopping = false;
  private readonly bySession = new Map<string, Set<OpenStream>>();

  sessionIds(): string[] {
    return [...this.bySession.keys()];
  }

  /** Remembers a stream until it is closed. */
  add(stream: OpenStream): void {
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
      stream.endSession();
    }
  }

  /** Sends readers on to another replica: what they read ends here, and they can read on elsewhere at once. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const streams of this.bySession.values()) {
      streams.forEach((stream) => stream.endWith(STOPPING));
    }
  }
}
