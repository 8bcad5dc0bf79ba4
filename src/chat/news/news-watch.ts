import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { WATCH_SESSIONS } from './news-statements.js';

/** For how long a session is marked, and after what time again: well before less than half of it is left. */
const WATCH_MS = 120_000;
const RENEW_MS = 45_000;

/** Marks the sessions whose news are read here, so that replies in them are told of; in others that costs nothing. */
@Injectable()
export class NewsWatch {
  /** By session, when to mark it again. */
  private readonly renewals = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /** Marks those of these sessions whose time has come, in one statement or none. */
  async extend(sessionIds: readonly string[]): Promise<void> {
    const now = performance.now();
    const due = sessionIds.filter((id) => (this.renewals.get(id) ?? 0) <= now);
    if (due.length > 0) {
      const marked = await this.database.query<{ id: string }>(WATCH_SESSIONS, [due, WATCH_MS]);
      marked.forEach(({ id }) => this.renewals.set(id, now + RENEW_MS));
    }
  }

  forget(sessionId: string): void {
    this.renewals.delete(sessionId);
  }
}
