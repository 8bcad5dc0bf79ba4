import { Logger } from '@nestjs/common';
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  halfJitterGenerator,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBackoff,
  type IBackoffFactory,
} from 'cockatiel';
import { CallSlots } from './call-slots.js';
import type { ModelFailure } from './model-failure.js';
import type { Model } from './models/model.js';

/** So many faults in a row, and the model is left out. */
const FAULTS_TO_OPEN = 5;
/** How long, at first and at most; with jitter, so that replicas do not probe at the same moment. */
const BREAK_MS = { initialDelay: 5_000, maxDelay: 60_000 };
/** The longest pause a model can ask for: a wrong `Retry-After` must not silence it for days. */
const MAX_PAUSE_MS = 3_600_000;

/** `closed`: it is asked. `open`: it is left out. `probing`: one call finds out whether it is well again. */
export type GuardState = 'closed' | 'open' | 'probing';

/** The right to call a model once. */
export interface Pass {
  /** The model has said its first word. */
  spoke(): void;
  /** The call is over: it failed, or the model answered. */
  leave(failure?: ModelFailure): void;
  /** The call is over without a judgement on the model. Changes nothing after `leave`. */
  abandon(): void;
}

/**
 * Decides whether a model is asked at all: not while its circuit breaker is open, not while it has asked for
 * a pause, and not by more callers at once than allowed. Every process decides for itself.
 */
export class ModelGuard {
  private readonly logger = new Logger(ModelGuard.name);
  private readonly faults = new ConsecutiveBreaker(FAULTS_TO_OPEN);
  private readonly breaker: CircuitBreakerPolicy;
  private readonly slots: CallSlots;
  private openUntil = 0;
  private pausedUntil = 0;
  private isReportedOpen = false;

  constructor(
    readonly model: Model,
    maxConcurrentCalls: number,
  ) {
    this.slots = new CallSlots(maxConcurrentCalls);
    const breaks = new ExponentialBackoff({ ...BREAK_MS, generator: halfJitterGenerator });
    this.breaker = circuitBreaker(
      // A call without a result counts for nothing, but a probe without one has not shown that the model is well.
      handleWhen((error) => !(error instanceof GivenUp) || error.isProbe),
      { breaker: this.faults, halfOpenAfter: { next: () => this.opened(breaks) } },
    );
    this.breaker.onBreak(() => this.reportOpen());
    this.breaker.onReset(() => this.reportClosed());
  }

  /** A model that has asked for a pause counts as open: it is not asked either. */
  get state(): GuardState {
    if (this.pauseMs > 0 || this.breaker.state === CircuitState.Open) {
      return 'open';
    }
    return this.breaker.state === CircuitState.HalfOpen ? 'probing' : 'closed';
  }

  /** Milliseconds until the end of the pause the model has asked for. */
  get pauseMs(): number {
    return Math.max(0, this.pausedUntil - Date.now());
  }

  /** Whether a call would be let through now, leaving aside how many there are. */
  get canBeAsked(): boolean {
    return this.pauseMs === 0 && this.isLetIn;
  }

  /** Whether its breaker lets a call through, now or, when there is one, after the pause. */
  get isLetIn(): boolean {
    return (
      this.breaker.state === CircuitState.Closed ||
      (this.breaker.state === CircuitState.Open && Date.now() >= this.openUntil)
    );
  }

  /**
   * Asks for the right to call the model. Undefined when it must be left out, which costs no time, or when
   * no place became free before the signal aborted.
   */
  async enter(signal: AbortSignal): Promise<Pass | undefined> {
    if (!this.canBeAsked) {
      return undefined;
    }
    const judgement = Promise.withResolvers<undefined>();
    let isAdmitted = false as boolean;
    const recorded = this.breaker.execute(() => {
      isAdmitted = true;
      return judgement.promise;
    });
    // What the breaker was told comes back from it; whoever told it knows.
    recorded.catch(() => undefined);
    const isProbe = this.breaker.state === CircuitState.HalfOpen;
    const release = isAdmitted ? await this.slots.take(signal) : undefined;
    // Those who waited must not all find out what the first of them has found out.
    if (release === undefined || (!isProbe && this.state !== 'closed')) {
      release?.();
      judgement.reject(new GivenUp(isProbe));
      return undefined;
    }
    return this.pass(isProbe, judgement, release);
  }

  private pass(isProbe: boolean, judgement: PromiseWithResolvers<undefined>, release: () => void): Pass {
    let hasSpoken = false;
    return {
      spoke: () => {
        hasSpoken = true;
        // Others need not wait for the end of a long answer to know that the model is back.
        if (isProbe) {
          judgement.resolve(undefined);
        }
      },
      leave: (failure) => {
        release();
        if (failure === undefined || !this.isFault(failure)) {
          judgement.resolve(undefined);
          return;
        }
        judgement.reject(failure);
        if (isProbe && hasSpoken) {
          this.breaker.execute(() => Promise.reject(failure)).catch(() => undefined);
        }
      },
      abandon: () => {
        release();
        judgement.reject(new GivenUp(isProbe));
      },
    };
  }

  /** Whether a failure speaks against the model; what it asks for is done on the way. */
  private isFault(failure: ModelFailure): boolean {
    if (failure.retryAfterMs !== undefined) {
      // It has said when it will answer again: that is a rule to keep, not a fault.
      this.pausedUntil = Date.now() + Math.min(failure.retryAfterMs, MAX_PAUSE_MS);
      return false;
    }
    if (failure.isLasting) {
      this.faults.state = FAULTS_TO_OPEN;
    }
    return failure.isModelsFault;
  }

  /** Notes when the breaker, which has just opened, lets a probe through. */
  private opened(breaks: IBackoffFactory<unknown>): IBackoff<unknown> {
    const current = breaks.next(undefined);
    this.openUntil = Date.now() + current.duration;
    return { duration: current.duration, next: () => this.opened(current) };
  }

  private reportOpen(): void {
    // A failed probe opens it again, which is no news.
    if (!this.isReportedOpen) {
      this.isReportedOpen = true;
      this.logger.warn({ msg: 'model is left out after too many failures', model: this.model.name });
    }
  }

  private reportClosed(): void {
    this.isReportedOpen = false;
    this.logger.log({ msg: 'model answers again', model: this.model.name });
  }
}

/** A call that ended without telling anything about the model. */
class GivenUp extends Error {
  constructor(readonly isProbe: boolean) {
    super('The call was given up');
  }
}
