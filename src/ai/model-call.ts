import { Logger } from '@nestjs/common';
import type { Deadline } from './deadline.js';
import { ModelFailure } from './model-failure.js';
import type { Pass } from './model-guard.js';
import { NO_USAGE, type Model } from './models/model.js';
import type { Patience } from './patience.js';
import type { Prompt } from './prompt.js';
import type { ReplyDelta, TokenUsage } from './reply.js';
import type { ReplyStream } from './stream/reply-stream.js';

/** How a call ended. */
export interface CallResult {
  /** `failed`: before the first word, so that another may try. */
  readonly outcome: 'answered' | 'interrupted' | 'cancelled' | 'failed';
  readonly text: string;
  readonly usage: TokenUsage;
  /** Whether the reply was about to give the instructions away, and was ended there. */
  readonly hasLeaked: boolean;
  readonly failure?: ModelFailure;
}

/** What a call has to keep to. */
export interface CallTerms {
  readonly deadline: Deadline;
  readonly patience: Patience;
  readonly pass: Pass;
  readonly reply: ReplyStream;
}

const logger = new Logger('ModelCall');

/** Calls a model once. Yields what its reader may see and returns how it ended. Never throws. */
export async function* callModel(
  model: Model,
  prompt: Prompt,
  { deadline, patience, pass, reply }: CallTerms,
): AsyncGenerator<ReplyDelta, CallResult, undefined> {
  const startedAt = performance.now();
  const call = new AbortController();
  const signal = AbortSignal.any([patience.signal, call.signal]);
  let hasEnded = false;
  const end = (outcome: CallResult['outcome'], usage = NO_USAGE): CallResult => ({
    outcome,
    text: reply.value,
    usage,
    hasLeaked: reply.hasLeaked,
  });
  try {
    signal.throwIfAborted();
    const pieces = model.stream(prompt, signal);
    const aborted = whenAborted(signal);
    let usage: TokenUsage | undefined;
    while (usage === undefined && !reply.hasLeaked) {
      // A provider that does not heed the signal must not hold up the deadline.
      const next = await Promise.race([pieces.next(), aborted]);
      hasEnded = next.done === true;
      const text = next.done === true ? reply.end() : reply.push(next.value);
      if (text !== '') {
        patience.stop();
        pass.spoke();
        yield { type: 'delta', text };
      }
      if (reply.isTooLong) {
        throw new ModelFailure('too_long');
      }
      usage = next.done === true ? next.value : undefined;
    }
    if (reply.hasLeaked) {
      logger.warn({ msg: 'a reply was about to give the instructions away', model: model.name });
      pass.leave();
      yield* rest(reply);
      return end(reply.value === '' ? 'failed' : 'interrupted');
    }
    if (reply.value === '') {
      throw new ModelFailure('empty');
    }
    pass.leave();
    return end('answered', usage);
  } catch (error) {
    if (deadline.isCancelled) {
      yield* rest(reply);
      return end('cancelled');
    }
    const failure = signal.aborted ? new ModelFailure('timed_out') : ModelFailure.of(error);
    pass.leave(failure);
    report(model, failure, startedAt);
    if (reply.value === '') {
      return { ...end('failed'), failure };
    }
    yield* rest(reply);
    return { ...end('interrupted'), failure };
  } finally {
    patience.stop();
    pass.abandon();
    // Also where the reader has stopped reading. Not where it has ended: making the error would cost more than all else.
    if (!hasEnded) {
      call.abort();
    }
  }
}

/** What was held back of a reply that has ended early. */
function* rest(reply: ReplyStream): Generator<ReplyDelta, void, undefined> {
  const text = reply.end();
  if (text !== '') {
    yield { type: 'delta', text };
  }
}

/** The only trace of a failure: nothing of the conversation, the key or the provider's words. */
function report(model: Model, failure: ModelFailure, startedAt: number): void {
  logger[failure.kind === 'misconfigured' ? 'error' : 'warn']({
    msg: 'model call failed',
    model: model.name,
    kind: failure.kind,
    reason: failure.reason,
    status: failure.status,
    duration_ms: Math.round(performance.now() - startedAt),
  });
}

/** Rejects when the signal aborts; as a side of a race it must not count as unhandled. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  return aborted;
}
