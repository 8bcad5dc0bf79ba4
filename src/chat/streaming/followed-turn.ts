import type { TurnOutcome } from '../turn-outcome.js';
import { acceptedEvent, deltasOf, doneEvent, INTERRUPTED, RESTARTED } from './stream-event.js';
import { TurnFeed } from './turn-feed.js';

/** A row of SELECT_PROGRESS. */
export interface ProgressRow {
  readonly id: string;
  readonly session_id: string;
  readonly attempt: number;
  readonly timestamp: Date;
  readonly outcome: TurnOutcome;
  readonly discarded_deltas: number;
  readonly is_abandoned: boolean;
  readonly reply_id: string | null;
  readonly reply_content: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly delta_ends: number[] | null;
  readonly deltas: { sequence: number; text: string }[] | null;
}

/** A turn that runs on another replica, or ran: its feed is filled from what is stored. */
export class FollowedTurn {
  readonly feed: TurnFeed;
  /** How many deltas of earlier attempts a client may have been shown. */
  readonly discardedDeltas: number;
  private readonly attempt: number;

  constructor(first: ProgressRow, onWatchChange: (turn: FollowedTurn) => void) {
    this.feed = new TurnFeed(first.id, first.session_id, () => onWatchChange(this));
    this.attempt = first.attempt;
    this.discardedDeltas = first.discarded_deltas;
    this.feed.append(acceptedEvent(first.id, first.timestamp));
    this.update(first);
  }

  get knownDeltas(): number {
    return this.feed.length - 1;
  }

  update(row: ProgressRow): void {
    if (row.attempt !== this.attempt && this.knownDeltas > 0) {
      this.feed.append(RESTARTED);
      return;
    }
    if (row.reply_id !== null && row.reply_content !== null) {
      for (const delta of deltasOf(row.reply_content, row.delta_ends).slice(this.knownDeltas)) {
        this.feed.append(delta);
      }
      const usage = { promptTokens: row.prompt_tokens, completionTokens: row.completion_tokens };
      this.feed.append(doneEvent(row.reply_id, row.outcome, row.reply_content, usage));
      return;
    }
    for (const { sequence, text } of row.deltas ?? []) {
      // Two looks may overlap; each delta is taken once, in order.
      if (sequence === this.knownDeltas + 1) {
        this.feed.append({ type: 'delta', text });
      }
    }
    if (row.is_abandoned) {
      this.feed.append(INTERRUPTED);
    }
  }
}
