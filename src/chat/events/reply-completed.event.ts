import type { TokenUsage } from '../../ai/reply.js';
import type { TurnOutcome } from '../turn-outcome.js';

/** A reply was stored: `answered`, or what there was of it when it was `cancelled` or `interrupted`. */
export class ReplyCompleted {
  constructor(
    readonly sessionId: string,
    readonly messageId: string,
    readonly replyId: string,
    readonly outcome: Exclude<TurnOutcome, 'pending' | 'blocked' | 'fallback'>,
    readonly model: string | null,
    readonly durationMs: number,
    readonly usage: TokenUsage,
    /** How many calls to models it took. */
    readonly tries: number,
  ) {}
}
