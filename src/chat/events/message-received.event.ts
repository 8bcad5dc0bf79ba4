/** A visitor's message was accepted and a reply to it is being made. */
export class MessageReceived {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
    /** Whether an operator has taken the session over and is the one to answer. */
    readonly isForOperator: boolean,
  ) {}
}
