import type { VisitorEmail } from './visitor-email.js';

/** A visitor signed in and a conversation was opened. */
export class SessionStarted {
  constructor(
    readonly sessionId: string,
    /** Shows itself masked; a listener may keep only what its operator has asked for. */
    readonly email: VisitorEmail,
  ) {}
}
