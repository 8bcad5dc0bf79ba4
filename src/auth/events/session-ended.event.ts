/** Why a session ended. */
export type SessionEndReason = 'signed_out';

/** A session was ended before it expired; its token is dead from now on. */
export class SessionEnded {
  constructor(
    readonly sessionId: string,
    readonly reason: SessionEndReason,
  ) {}
}
