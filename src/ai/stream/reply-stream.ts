import type { CanaryGuard } from './canary-guard.js';
import type { LinkGuard } from './link-guard.js';
import type { ReplyStage } from './reply-stage.js';
import { ReplyText } from './reply-text.js';

/**
 * A reply on its way from the model to its reader. What comes out, joined, is the text of the reply, however
 * the model cut it into pieces.
 */
export class ReplyStream {
  private readonly stages: readonly ReplyStage[];
  private sent = '';
  private received = 0;

  constructor(
    private readonly canaryGuard: CanaryGuard,
    linkGuard: LinkGuard,
    /** In UTF-16 code units; what a model says beyond it is dropped. */
    private readonly maxLength: number,
  ) {
    this.stages = [new ReplyText(), canaryGuard, linkGuard];
  }

  /** All that has come out. */
  get value(): string {
    return this.sent;
  }

  /** Whether it was about to give the instructions away. Nothing more comes out then. */
  get hasLeaked(): boolean {
    return this.canaryGuard.hasLeaked;
  }

  /** Whether the model has said more than a reply may hold. */
  get isTooLong(): boolean {
    return this.received > this.maxLength;
  }

  /** Takes the next piece and returns what may now be sent, which can be nothing. */
  push(piece: string): string {
    const room = Math.max(0, this.maxLength - this.received);
    this.received += piece.length;
    return this.send(this.stages.reduce((text, stage) => stage.push(text), piece.slice(0, room)));
  }

  /** Returns what was held back, now that no more comes. */
  end(): string {
    return this.send(this.stages.reduce((rest, stage) => stage.push(rest) + stage.end(), ''));
  }

  private send(delta: string): string {
    this.sent += delta;
    return delta;
  }
}
