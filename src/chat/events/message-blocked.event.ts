/** Screening stopped a visitor's message: no model was asked, and a fixed text is stored as the reply. */
export class MessageBlocked {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
    readonly replyId: string,
    /** The rules that decided, the weightiest first. */
    readonly ruleIds: readonly string[],
  ) {}
}
