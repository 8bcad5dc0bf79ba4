import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { Deadline } from './deadline.js';
import { ModelChain } from './model-chain.js';
import type { ModelStatus } from './model-health.js';
import { createModels } from './models/create-models.js';
import { buildPrompt } from './prompt.js';
import type { ReplyPart, ReplyRequest } from './reply.js';

/** Gets a reply from the configured models, or the apology when none can give one. */
@Injectable()
export class AiService {
  private readonly settings: Configuration['ai'];
  private readonly chain: ModelChain;

  constructor(configuration: Configuration) {
    this.settings = configuration.ai;
    this.chain = new ModelChain(createModels(configuration.ai));
  }

  /**
   * Streams a reply: deltas, then exactly one `finish`, at the latest when the time allowed is over. The
   * stream never throws. A reader that stops reading ends the call to the model.
   */
  async *reply({ message, history, signal }: ReplyRequest): AsyncIterable<ReplyPart> {
    const startedAt = performance.now();
    const deadline = new Deadline(this.settings.timeoutMs, signal);
    try {
      const prompt = buildPrompt(this.settings.systemPrompt, { message, history });
      const { outcome, ...rest } = yield* this.chain.reply(prompt, deadline);
      const durationMs = Math.round(performance.now() - startedAt);
      if (outcome !== 'failed') {
        yield { type: 'finish', reply: { ...rest, outcome, durationMs } };
        return;
      }
      const text = this.settings.fallbackMessage;
      yield { type: 'delta', text };
      yield { type: 'finish', reply: { ...rest, outcome: 'fallback', text, durationMs } };
    } finally {
      deadline.release();
    }
  }

  /**
   * What /health says: from what the models last did, not from the presence of a key. With `offline` alone
   * it is `degraded`: the service answers, but no model does, and an operator who forgot the key must see
   * that somewhere; `unavailable` would tell a newcomer that something is broken.
   */
  status(): ModelStatus {
    const isOfflineOnly = this.settings.models.every(({ provider }) => provider === 'offline');
    return isOfflineOnly ? 'degraded' : this.chain.status();
  }
}
