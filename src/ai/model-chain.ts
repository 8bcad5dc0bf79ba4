import { ExponentialBackoff, type IBackoffFactory } from 'cockatiel';
import type { Deadline } from './deadline.js';
import { callModel, type CallResult } from './model-call.js';
import type { ModelGuard } from './model-guard.js';
import { NO_USAGE } from './models/model.js';
import { Patience } from './patience.js';
import type { Prompt } from './prompt.js';
import type { ReplyDelta } from './reply.js';
import type { ReplyStreams } from './stream/reply-streams.js';

/** Whether the configured models answer. */
export type ModelStatus = 'available' | 'degraded' | 'unavailable';

/** How the whole chain ended. */
export interface ChainResult extends Omit<CallResult, 'failure'> {
  readonly model: string | null;
  readonly attempts: number;
}

/** How often the chain is gone through for one reply. */
const MAX_ROUNDS = 3;
/** The most calls for one reply, unless there are more models than that. */
const MAX_CALLS = 3;
/** Before another round; decorrelated jitter, so that those who failed together do not come back together. */
const ROUND_WAITS = new ExponentialBackoff({ initialDelay: 250, maxDelay: 2_000 });

/**
 * Tries the models in their order until one speaks. After its first word there is no way back: the reader
 * has seen it. Where all have failed and one of them may do better, they are tried again after a moment.
 */
export class ModelChain {
  private readonly maxCalls: number;

  constructor(
    private readonly guards: readonly ModelGuard[],
    private readonly replies: ReplyStreams,
  ) {
    this.maxCalls = Math.max(MAX_CALLS, guards.length);
  }

  /** From the breakers, so from what the models last did and not from the presence of a key. */
  status(): ModelStatus {
    const states = this.guards.map(({ state }) => state);
    if (states.every((state) => state === 'closed')) {
      return 'available';
    }
    return states.every((state) => state === 'open') ? 'unavailable' : 'degraded';
  }

  /** Yields the reply and returns how it ended. Never throws. */
  async *reply(prompt: Prompt, deadline: Deadline): AsyncGenerator<ReplyDelta, ChainResult, undefined> {
    const hopeless = new Set<ModelGuard>();
    let attempts = 0;
    let waits: IBackoffFactory<unknown> = ROUND_WAITS;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const guards = this.guards.filter((guard) => !hopeless.has(guard) && guard.canBeAsked);
      for (const [position, guard] of guards.entries()) {
        if (deadline.signal.aborted || attempts === this.maxCalls) {
          break;
        }
        // A model that hangs must leave time for those after it; the last one may use all that is left.
        const patience = new Patience(deadline.remainingMs / (guards.length - position), deadline);
        const pass = await guard.enter(patience.signal);
        if (pass === undefined) {
          patience.stop();
          continue;
        }
        attempts += 1;
        const reply = this.replies.create(prompt);
        const result = yield* callModel(guard.model, prompt, { deadline, patience, pass, reply });
        if (result.outcome !== 'failed' || result.hasLeaked) {
          const { outcome, text, usage, hasLeaked } = result;
          return { outcome, text, usage, hasLeaked, model: guard.model.name, attempts };
        }
        if (result.failure?.kind !== 'retryable') {
          hopeless.add(guard);
        }
      }
      const wait = waits.next(undefined);
      waits = wait;
      const pauses = this.guards.filter((guard) => !hopeless.has(guard) && guard.isLetIn);
      const pauseMs = wait.duration + Math.min(...pauses.map((guard) => guard.pauseMs));
      // Waiting must leave at least as much time to the answer. An open breaker is not waited for.
      if (attempts === this.maxCalls || round === MAX_ROUNDS || pauseMs > deadline.remainingMs / 2) {
        break;
      }
      await deadline.wait(pauseMs);
    }
    const outcome = deadline.isCancelled ? 'cancelled' : 'failed';
    return { outcome, text: '', model: null, usage: NO_USAGE, hasLeaked: false, attempts };
  }
}
