import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import { Database } from '../database/database.js';
import { authenticationProblem } from './authentication-problem.js';
import { SessionEnded } from './events/session-ended.event.js';
import { SessionOpener, type SignedInSession } from './session-opener.js';
import { END_SESSION, SELECT_LIVE_SESSION } from './session-statements.js';
import type { Visitor } from './visitor.js';

export interface LiveSession {
  readonly id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_activity: Date;
  readonly message_count: number;
}

/** Opens, describes and ends sessions. */
@Injectable()
export class AuthService {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
    private readonly sessions: SessionOpener,
  ) {}

  async signIn(visitor: Visitor): Promise<SignedInSession> {
    const opened = await this.database.transaction((transaction) =>
      this.sessions.open(transaction, visitor, { isEmailVerified: false }),
    );
    return this.sessions.sign(opened);
  }

  /** @throws {Problem} `session_ended` when the session has ended, has expired or was never there. */
  async requireLiveSession(sessionId: string): Promise<LiveSession> {
    const [session] = await this.database.query<LiveSession>(SELECT_LIVE_SESSION, [sessionId]);
    if (session === undefined) {
      throw authenticationProblem('session_ended');
    }
    return session;
  }

  /** Ends the session at once, on every replica: each later statement for it finds it dead. */
  async signOut(sessionId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const ended = await transaction.query<{ id: string }>(END_SESSION, [sessionId]);
      if (ended.length === 0) {
        throw authenticationProblem('session_ended');
      }
      await this.events.publish(new SessionEnded(sessionId, 'signed_out'), transaction);
    });
  }
}
