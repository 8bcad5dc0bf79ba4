import type { ModelFailure } from './model-failure.js';

/** Whether the configured models answer. */
export type ModelStatus = 'available' | 'degraded' | 'unavailable';

/** What each model last did. One that was never called counts as good. */
export class ModelHealth {
  private readonly hasFailed = new Map<string, boolean>();

  constructor(private readonly models: readonly string[]) {}

  answered(model: string): void {
    this.hasFailed.set(model, false);
  }

  /** A refusal is an answer of a sound model: no visitor can talk a model into looking broken. */
  failed(model: string, failure: ModelFailure): void {
    this.hasFailed.set(model, failure.kind !== 'refused');
  }

  status(): ModelStatus {
    const failed = this.models.filter((model) => this.hasFailed.get(model) === true).length;
    if (failed === 0) {
      return 'available';
    }
    return failed === this.models.length ? 'unavailable' : 'degraded';
  }
}
