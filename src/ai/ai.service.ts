import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { newCanary } from './canary.js';
import { Deadline } from './deadline.js';
import { writeInstructions } from './instructions.js';
import { ModelChain, type ModelStatus } from './model-chain.js';
import { ModelGuard } from './model-guard.js';
import { createModels } from './models/create-models.js';
import { buildPrompt } from './prompt.js';
import type { FinishedReply, ReplyPart, ReplyRequest } from './reply.js';
import { ReplyStreams } from './stream/reply-streams.js';
import { estimateTokens } from './token-estimate.js';

/** Gets a reply from the configured models, or the apology when none can give one. */
@Injectable()
export class AiService {
  private readonly settings: Configuration['ai'];
  private readonly instructions: string;
  private readonly chain: ModelChain;

  constructor(configuration: Configuration) {
    this.settings = configuration.ai;
    const canary = newCanary();
    this.instructions = writeInstructions(this.settings.systemPrompt, canary);
    const guards = createModels(this.settings).map(
      (model) => new ModelGuard(model, this.settings.maxConcurrentCalls),
    );
    this.chain = new ModelChain(guards, new ReplyStreams(this.settings, canary));
  }

  /**
   * Streams a reply: deltas, then exactly one `finish`, at the latest when the time allowed is over. The
   * stream never throws. A reader that stops reading ends the call to the model.
   */
  async *reply({ message, history, signal }: ReplyRequest): AsyncIterable<ReplyPart> {
    const startedAt = performance.now();
    const deadline = new Deadline(this.settings.timeoutMs, signal);
    try {
      const prompt = buildPrompt(this.instructions, { message, history }, this.settings.contextTokens);
      const { outcome, hasLeaked, ...rest } = yield* this.chain.reply(prompt, deadline);
      const facts = {
        ...rest,
        durationMs: Math.round(performance.now() - startedAt),
        ...(hasLeaked && { hasLeaked }),
      };
      if (outcome !== 'failed') {
        yield finish({ ...facts, outcome });
        return;
      }
      const text = this.settings.fallbackMessage;
      yield { type: 'delta', text };
      yield finish({ ...facts, outcome: 'fallback', text, model: null });
    } finally {
      deadline.release();
    }
  }

  /** The most tokens that one answer to this message can take, by estimate: its prompt and the longest answer. */
  mostTokens(message: string): number {
    const { contextTokens, maxTokens } = this.settings;
    return estimateTokens(this.instructions) + Math.max(contextTokens, estimateTokens(message)) + maxTokens;
  }

  /**
   * What /health says. With `offline` alone it is `degraded`: the service answers, but no model does, and an
   * operator who forgot the key must see that somewhere; `unavailable` would tell a newcomer that something
   * is broken.
   */
  status(): ModelStatus {
    const isOfflineOnly = this.settings.models.every(({ provider }) => provider === 'offline');
    return isOfflineOnly ? 'degraded' : this.chain.status();
  }
}

function finish(reply: FinishedReply): ReplyPart {
  return { type: 'finish', reply };
}
