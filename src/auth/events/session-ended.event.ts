/**
 * Why a session ended: its visitor signed out in it, ended it from another session, or signed in once more than
 * an address may have sessions; or an operator ended it, or ended it and shut its visitor out.
 */
export type SessionEndReason = 'signed_out' | 'revoked' | 'replaced' | 'ended_by_operator' | 'blocked';

/** A session was ended before it expired; its token is dead from now on. */
export class SessionEnded {
  constructor(
    readonly sessionId: string,
    readonly reason: SessionEndReason,
  ) {}
}
