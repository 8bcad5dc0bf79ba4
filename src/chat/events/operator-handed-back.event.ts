/** Models answer the visitor again. */
export class OperatorHandedBack {
  constructor(readonly sessionId: string) {}
}
