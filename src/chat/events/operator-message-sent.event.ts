/** An operator wrote to the visitor. */
export class OperatorMessageSent {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
  ) {}
}
