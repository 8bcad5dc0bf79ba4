import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { toNewsPage, type NewsRow } from './news-page.js';
import { SELECT_NEWS } from './news-statements.js';
import type { NewsStream } from './news-stream.js';

/** Each may be given a page, and all pages of a look are in memory at once. */
const STREAMS_AT_ONCE = 50;

/** Reads the news for the streams of this replica, those that ask at about the same time in one statement. */
@Injectable()
export class NewsReader {
  private readonly logger = new Logger(NewsReader.name);
  private readonly toRead = new Set<NewsStream>();
  private isReading = false;

  constructor(private readonly database: Database) {}

  /** What is asked for while a look is under way is read by the next. */
  read(stream: NewsStream): void {
    this.toRead.add(stream);
    if (!this.isReading) {
      this.isReading = true;
      void this.readAll();
    }
  }

  private async readAll(): Promise<void> {
    // Lets the streams that were woken by the same signal share the first look.
    await Promise.resolve();
    while (this.toRead.size > 0) {
      const streams = [...this.toRead].slice(0, STREAMS_AT_ONCE);
      streams.forEach((stream) => this.toRead.delete(stream));
      await this.look(streams);
    }
    this.isReading = false;
  }

  private async look(streams: readonly NewsStream[]): Promise<void> {
    try {
      const rows = await this.database.query<NewsRow>(SELECT_NEWS, [
        streams.map(({ sessionId }) => sessionId),
        streams.map((stream) => stream.beginLook()),
      ]);
      const byReader = Map.groupBy(rows, ({ reader }) => reader);
      streams.forEach((stream, index) => stream.tell(toNewsPage(byReader.get(index + 1) ?? [])));
    } catch (error) {
      // They are found behind and woken again within a second: readers see a pause and no gap.
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.debug({ msg: 'news could not be read', error_name: name });
    }
  }
}
