import { Logger } from '@nestjs/common';
import type { Deadline } from './deadline.js';
import { ModelFailure } from './model-failure.js';
import { ModelHealth, type ModelStatus } from './model-health.js';
import { NO_USAGE, type Model } from './models/model.js';
import type { Prompt } from './prompt.js';
import { ReplyText } from './reply-text.js';
import type { ReplyDelta, TokenUsage } from './reply.js';

/** How a call, or all of them, ended. `failed`: before the first word, so that another may try. */
export interface CallResult {
  readonly outcome: 'answered' | 'interrupted' | 'cancelled' | 'failed';
  readonly text: string;
  readonly model: string | null;
  readonly usage: TokenUsage;
}

export type ChainResult = CallResult & { readonly attempts: number };

/**
 * Tries the models in their order until one speaks. After its first word there is no way back: the reader
 * has seen it. What is tried again, left out or limited is decided here, around `call`.
 */
export class ModelChain {
  private readonly logger = new Logger(ModelChain.name);
  private readonly health: ModelHealth;

  constructor(private readonly models: readonly Model[]) {
    this.health = new ModelHealth(models.map(({ name }) => name));
  }

  status(): ModelStatus {
    return this.health.status();
  }

  /** Yields the reply and returns how it ended. Never throws. */
  async *reply(prompt: Prompt, deadline: Deadline): AsyncGenerator<ReplyDelta, ChainResult, undefined> {
    let attempts = 0;
    for (const [position, model] of this.models.entries()) {
      if (deadline.signal.aborted) {
        break;
      }
      attempts += 1;
      // A model that hangs must leave time for those after it; the last one may use all that is left.
      const patienceMs = deadline.remainingMs / (this.models.length - position);
      const result = yield* this.call(model, prompt, deadline, patienceMs);
      if (result.outcome !== 'failed') {
        return { ...result, attempts };
      }
    }
    const outcome = deadline.isCancelled ? 'cancelled' : 'failed';
    return { outcome, text: '', model: null, usage: NO_USAGE, attempts };
  }

  private async *call(
    model: Model,
    prompt: Prompt,
    deadline: Deadline,
    patienceMs: number,
  ): AsyncGenerator<ReplyDelta, CallResult, undefined> {
    const startedAt = performance.now();
    const text = new ReplyText();
    const call = new AbortController();
    const patience = setTimeout(() => call.abort(), patienceMs);
    const signal = AbortSignal.any([deadline.signal, call.signal]);
    const end = (outcome: CallResult['outcome'], usage = NO_USAGE): CallResult => ({
      outcome,
      text: text.value,
      model: model.name,
      usage,
    });
    try {
      const pieces = model.stream(prompt, signal);
      const aborted = whenAborted(signal);
      for (;;) {
        // A provider that does not heed the signal must not hold up the deadline.
        const next = await Promise.race([pieces.next(), aborted]);
        if (next.done === true) {
          if (text.value === '') {
            throw new ModelFailure('empty');
          }
          this.health.answered(model.name);
          return end('answered', next.value);
        }
        const delta = text.push(next.value);
        if (delta !== '') {
          clearTimeout(patience);
          yield { type: 'delta', text: delta };
        }
      }
    } catch (error) {
      if (deadline.isCancelled) {
        return end('cancelled');
      }
      this.report(model, signal.aborted ? new ModelFailure('timed_out') : ModelFailure.of(error), startedAt);
      return end(text.value === '' ? 'failed' : 'interrupted');
    } finally {
      clearTimeout(patience);
      // Ends the call also where the reader has stopped reading.
      call.abort();
    }
  }

  /** The only trace of a failure: nothing of the conversation, the key or the provider's words. */
  private report(model: Model, failure: ModelFailure, startedAt: number): void {
    this.health.failed(model.name, failure);
    this.logger[failure.kind === 'misconfigured' ? 'error' : 'warn']({
      msg: 'model call failed',
      model: model.name,
      kind: failure.kind,
      reason: failure.reason,
      status: failure.status,
      duration_ms: Math.round(performance.now() - startedAt),
    });
  }
}

/** Rejects when the signal aborts; as a side of a race it must not count as unhandled. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  return aborted;
}
