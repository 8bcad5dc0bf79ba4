/**
 * Why a session ended: its visitor signed out in it, ended it from another session, or signed in once more than
 * an address may have sessions; or an operator ended it, or ended it and shut its visitor out; or its time was over,
 * also because it had lain unused for too long.
 */
export type SessionEndReason =
  'signed_out' | 'revoked' | 'replaced' | 'ended_by_operator' | 'blocked' | 'expired';

/** A session has ended; its token is dead. Of one whose time is over it is told a little later. */
export class SessionEnded {
  constructor(
    readonly sessionId: string,
    readonly reason: SessionEndReason,
  ) {}
}
