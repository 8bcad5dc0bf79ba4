import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import { SESSION_ID } from '../common/ids.js';
import { Problem } from '../common/problem/problem.js';
import { Database } from '../database/database.js';
import type { LiveSession } from './auth.service.js';
import { authenticationProblem } from './authentication-problem.js';
import { SessionEnded } from './events/session-ended.event.js';
import { END_OWN_SESSION, SELECT_OWN_SESSIONS } from './session-statements.js';

const MAX_LISTED_SESSIONS = 100;

export type OwnSession = LiveSession & { readonly is_current: boolean };

/** What the owner of a verified address may do with the sessions that were opened with it. */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
  ) {}

  /** @throws {Problem} `session_ended` when the caller's own session has ended. */
  async list(callerId: string): Promise<OwnSession[]> {
    const sessions = await this.database.query<OwnSession>(SELECT_OWN_SESSIONS, [
      callerId,
      MAX_LISTED_SESSIONS,
    ]);
    if (sessions.length === 0) {
      throw authenticationProblem('session_ended');
    }
    return sessions;
  }

  /** @throws {Problem} `not_found` when it is not a live session of the caller's address. */
  async end(callerId: string, sessionId: string): Promise<void> {
    if (!SESSION_ID.test(sessionId)) {
      throw noSuchSession();
    }
    await this.database.transaction(async (transaction) => {
      const ended = await transaction.query<{ id: string }>(END_OWN_SESSION, [callerId, sessionId]);
      if (ended.length === 0) {
        throw noSuchSession();
      }
      await this.events.publish(new SessionEnded(sessionId, 'revoked'), transaction);
    });
  }
}

function noSuchSession(): Problem {
  return new Problem('not_found', { detail: 'You have no such session.' });
}
