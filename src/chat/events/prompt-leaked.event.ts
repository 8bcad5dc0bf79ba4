/** A model was about to give its instructions away; its reply was ended before them. */
export class PromptLeaked {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
    readonly replyId: string,
    readonly model: string | null,
  ) {}
}
