/** No model could answer; the visitor was given the configured apology, stored as the reply. */
export class ReplyFailed {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
    readonly replyId: string,
    readonly durationMs: number,
  ) {}
}
