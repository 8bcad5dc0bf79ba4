import { Injectable } from '@nestjs/common';
import { Drain } from '../../common/http/drain.js';
import { busy } from '../../common/load/refusal.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import type { OpenStream } from './open-stream.js';
import { STOPPING } from './stream-event.js';

/** The streams this process has open, by session. */
@Injectable()
export class OpenStreams {
  private readonly most: number;
  private count = 0;
  private readonly bySession = new Map<string, Set<OpenStream>>();

  constructor(
    private readonly drain: Drain,
    private readonly metrics: Metrics,
    { chat }: Configuration,
  ) {
    this.most = chat.maxOpenStreams;
    drain.join({ end: () => this.sendAway() });
  }

  /** @throws {Problem} `service_unavailable` when this process has as many streams open as it may. */
  assertRoom(): void {
    if (this.count >= this.most) {
      this.metrics.refusedRequests.inc({ reason: 'streams' });
      throw busy();
    }
  }

  sessionIds(): string[] {
    return [...this.bySession.keys()];
  }

  /** Remembers a stream until it is closed. */
  add(stream: OpenStream): void {
    const { sessionId } = stream;
    const streams = this.bySession.get(sessionId) ?? new Set();
    this.bySession.set(sessionId, streams.add(stream));
    this.count += 1;
    if (this.drain.isRefusing) {
      stream.endWith(STOPPING);
    }
    stream.once('close', () => {
      this.count -= 1;
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

  /** Readers go on to another replica: what they read ends here, and they can read on elsewhere at once. */
  private sendAway(): void {
    for (const streams of this.bySession.values()) {
      streams.forEach((stream) => stream.endWith(STOPPING));
    }
  }
}
