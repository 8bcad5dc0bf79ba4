import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { WATCH_SESSIONS } from './news-statements.js';

/** For how long a session is marked, and after what time again: well before less than half of it is left. */
const WATCH_MS = 120_000;
const RENEW_MS = 45_000;
/** So that nobody who wants to write waits for long. */
const SESSIONS_AT_ONCE = 200;

/** Marks the sessions whose news are read here, so that replies in them are told of; in others that costs nothing. */
@Injectable()
export class NewsWatch {
  /** By session, when to mark it again. */
  private readonly renewals = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /** Marks those of these sessions whose time has come. */
  async extend(sessionIds: readonly string[]): Promise<void> {
    const now = performance.now();
    const due = sessionIds.filter((id) => (this.renewals.get(id) ?? 0) <= now);
    while (due.length > 0) {
      const some = due.splice(0, SESSIONS_AT_ONCE);
      const marked = await this.database.query<{ id: string }>(WATCH_SESSIONS, [some, WATCH_MS]);
      marked.forEach(({ id }) => this.renewals.set(id, now + RENEW_MS));
    }
  }

  /** Keeps these sessions marked, and no others. */
  async keep(sessionIds: readonly string[]): Promise<void> {
    const kept = new Set(sessionIds);
    for (const id of this.renewals.keys()) {
      if (!kept.has(id)) {
        this.renewals.delete(id);
      }
    }
    await this.extend(sessionIds);
  }
}
