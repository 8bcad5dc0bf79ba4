import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import { newSessionId } from '../common/ids.js';
import { Problem } from '../common/problem/problem.js';
import { Configuration } from '../config/configuration.js';
import type { PipelinedTransaction } from '../database/pipelined-transaction.js';
import { BrowserBinding } from './browser/browser-binding.service.js';
import { hashBrowser, hashEmail } from './email-address.js';
import { SessionEnded } from './events/session-ended.event.js';
import { SessionStarted } from './events/session-started.event.js';
import { VisitorEmail } from './events/visitor-email.js';
import { END_OLDEST_SESSIONS, INSERT_SESSION, LOCK_EMAIL } from './session-statements.js';
import { SessionTokenService } from './session-token.service.js';
import type { Visitor } from './visitor.js';

export interface OpenedSession {
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly visitor: Visitor;
}

export interface SignedInSession {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly lifetimeSeconds: number;
  readonly expiresAt: Date;
}

/** Opens sessions: a row in the caller's transaction first, its token once that has been committed. */
@Injectable()
export class SessionOpener {
  constructor(
    private readonly events: DomainEvents,
    private readonly tokens: SessionTokenService,
    private readonly binding: BrowserBinding,
    private readonly configuration: Configuration,
  ) {}

  /** @throws {Problem} `visitor_blocked` while an operator has shut the address out. */
  async open(
    transaction: PipelinedTransaction,
    visitor: Visitor,
    { isEmailVerified }: { isEmailVerified: boolean },
  ): Promise<OpenedSession> {
    const { emailHashKey, sessionLifetimeMs, sessionIdleTimeoutMs } = this.configuration.auth;
    const sessionId = newSessionId();
    const emailHash = hashEmail(visitor.email, emailHashKey);
    const values = [
      sessionId,
      emailHash,
      hashBrowser(visitor.userAgent, emailHashKey),
      visitor.address,
      sessionLifetimeMs,
      sessionIdleTimeoutMs ?? null,
      isEmailVerified,
    ];
    // Sent in one go: the database runs them in this order.
    const [replaced, [row]] = await Promise.all([
      this.makeRoom(transaction, emailHash),
      transaction.query<{ expires_at: Date }>(INSERT_SESSION, values),
    ]);
    if (row === undefined) {
      throw new Problem('visitor_blocked', {
        detail: 'New conversations are not accepted from this address at present.',
      });
    }
    for (const { id } of replaced) {
      await this.events.publish(new SessionEnded(id, 'replaced'), transaction);
    }
    await this.events.publish(new SessionStarted(sessionId, new VisitorEmail(visitor.email)), transaction);
    return { sessionId, expiresAt: row.expires_at, visitor };
  }

  async sign({ sessionId, expiresAt, visitor }: OpenedSession): Promise<SignedInSession> {
    const lifetimeSeconds = this.configuration.auth.sessionLifetimeMs / 1000;
    const exp = expiresAt.getTime() / 1000;
    const bnd = this.binding.bind(sessionId, visitor.userAgent);
    const accessToken = await this.tokens.sign({
      jti: sessionId,
      iat: exp - lifetimeSeconds,
      exp,
      ...(bnd === undefined ? {} : { bnd }),
    });
    return { sessionId, accessToken, lifetimeSeconds, expiresAt };
  }

  /** Ends the oldest sessions of the address, so that one more keeps within the limit. */
  private async makeRoom(transaction: PipelinedTransaction, emailHash: string): Promise<{ id: string }[]> {
    const { maxSessionsPerEmail } = this.configuration.auth;
    if (maxSessionsPerEmail === undefined) {
      return [];
    }
    const [, replaced] = await Promise.all([
      transaction.query(LOCK_EMAIL, [emailHash]),
      transaction.query<{ id: string }>(END_OLDEST_SESSIONS, [emailHash, maxSessionsPerEmail - 1]),
    ]);
    return replaced;
  }
}
