/** An operator answers the visitor from now on; no model's reply is stored in this session until it is handed back. */
export class OperatorTookOver {
  constructor(
    readonly sessionId: string,
    /** Its place in the conversation. */
    readonly sequence: number,
  ) {}
}
