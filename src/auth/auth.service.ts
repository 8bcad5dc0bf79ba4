import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import { newSessionId } from '../common/ids.js';
import { Configuration } from '../config/configuration.js';
import { Database } from '../database/database.js';
import { authenticationProblem } from './authentication-problem.js';
import { hashBrowser, hashEmail } from './email-address.js';
import { SessionEnded } from './events/session-ended.event.js';
import { SessionStarted } from './events/session-started.event.js';
import { END_SESSION, INSERT_SESSION, SELECT_LIVE_SESSION } from './session-statements.js';
import { SessionTokenService } from './session-token.service.js';

export interface SignInRequest {
  readonly email: string;
  readonly userAgent: string | undefined;
  readonly address: string;
}

export interface SignedInSession {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly lifetimeSeconds: number;
  readonly expiresAt: Date;
}

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
    private readonly tokens: SessionTokenService,
    private readonly configuration: Configuration,
  ) {}

  async signIn(request: SignInRequest): Promise<SignedInSession> {
    const { emailHashKey, sessionLifetimeMs } = this.configuration.auth;
    const sessionId = newSessionId();
    const values = [
      sessionId,
      hashEmail(request.email, emailHashKey),
      hashBrowser(request.userAgent, emailHashKey),
      request.address,
      sessionLifetimeMs,
    ];
    const expiresAt = await this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ expires_at: Date }>(INSERT_SESSION, values);
      await this.events.publish(new SessionStarted(sessionId), transaction);
      return (row as { expires_at: Date }).expires_at;
    });
    const exp = expiresAt.getTime() / 1000;
    const lifetimeSeconds = sessionLifetimeMs / 1000;
    const accessToken = await this.tokens.sign({ jti: sessionId, iat: exp - lifetimeSeconds, exp });
    return { sessionId, accessToken, lifetimeSeconds, expiresAt };
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
