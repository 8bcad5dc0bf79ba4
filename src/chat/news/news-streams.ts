import { Injectable, Logger } from '@nestjs/common';
import { authenticationProblem } from '../../auth/authentication-problem.js';
import { Problem } from '../../common/problem/problem.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { NewsReader } from './news-reader.js';
import { SELECT_PLACE } from './news-statements.js';
import { NewsStream, type KnownPlace } from './news-stream.js';
import { NewsWatch } from './news-watch.js';

/** Enough for every device of a visitor; connections that were lost unnoticed count for a while, too. */
const MAX_STREAMS_PER_SESSION = 20;
const RETRY_AFTER_SECONDS = 10;

/** The event streams this replica has open, by session. */
@Injectable()
export class NewsStreams {
  private readonly logger = new Logger(NewsStreams.name);
  private readonly bySession = new Map<string, Set<NewsStream>>();
  private readonly heartbeatMs: number;

  constructor(
    private readonly database: Database,
    private readonly reader: NewsReader,
    private readonly watch: NewsWatch,
    private readonly streams: OpenStreams,
    configuration: Configuration,
  ) {
    this.heartbeatMs = configuration.chat.streamHeartbeatMs;
  }

  /**
   * A stream of what is new after this place of the conversation, or from now on.
   *
   * @throws {Problem} `session_ended`, `rate_limited`, `service_unavailable`.
   */
  async open(sessionId: string, after: number | undefined): Promise<NewsStream> {
    this.streams.assertRoom();
    const [row] = await this.database.query<{ last_sequence: number; is_taken_over: boolean }>(SELECT_PLACE, [
      sessionId,
    ]);
    if (row === undefined) {
      throw authenticationProblem('session_ended');
    }
    await this.watch.extend([sessionId]);
    return this.add({
      sessionId,
      place: Math.min(after ?? row.last_sequence, row.last_sequence),
      isTakenOver: row.is_taken_over,
    });
  }

  /** There may be news of this session. */
  wake(sessionId: string): void {
    this.bySession.get(sessionId)?.forEach((stream) => stream.wake());
  }

  /** How far the readers that have nothing on its way to them know their sessions. */
  known(): KnownPlace[] {
    return [...this.bySession.values()]
      .flatMap((streams) => [...streams])
      .flatMap(({ known }) => known ?? []);
  }

  /** To be called every second: keeps the sessions marked. */
  async keepWatch(): Promise<void> {
    try {
      await this.watch.keep([...this.bySession.keys()]);
    } catch (error) {
      // Until it works, news are found a second late, by the look that is taken anyway.
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.debug({ msg: 'sessions could not be marked as watched', error_name: name });
    }
  }

  private add(start: KnownPlace): NewsStream {
    const { sessionId } = start;
    const streams = this.bySession.get(sessionId) ?? new Set<NewsStream>();
    if (streams.size >= MAX_STREAMS_PER_SESSION) {
      throw new Problem('rate_limited', {
        detail: `This session has ${MAX_STREAMS_PER_SESSION} event streams open; close one first.`,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const stream = new NewsStream(start, this.heartbeatMs, (behind) => this.reader.read(behind));
    this.bySession.set(sessionId, streams.add(stream));
    this.streams.add(stream);
    stream.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0) {
        this.bySession.delete(sessionId);
      }
    });
    return stream;
  }
}
