/** A visitor signed in and a conversation was opened. */
export class SessionStarted {
  constructor(readonly sessionId: string) {}
}
