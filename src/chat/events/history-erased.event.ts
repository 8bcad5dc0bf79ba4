/** A visitor had all messages of their conversation removed; whoever keeps copies of them should do the same. */
export class HistoryErased {
  constructor(readonly sessionId: string) {}
}
