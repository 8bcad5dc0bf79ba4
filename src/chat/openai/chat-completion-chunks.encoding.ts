import type { TokenUsage } from '../../ai/reply.js';
import { dataLine, DONE_LINE, idLine, type StreamEncoding } from '../streaming/encodings/stream-encoding.js';
import type { StreamEvent } from '../streaming/stream-event.js';
import type { ChatCompletionRequest } from './chat-completion.request.js';
import { FINISH_REASONS, type FinishReason } from './finish-reason.js';
import { toOpenAiError } from './openai-error.js';
import { toUsage } from './chat-completion.response.js';

/** `chat.completion.chunk` objects, then `[DONE]`, as OpenAI streams them (platform.openai.com, "Streaming"). */
export class ChatCompletionChunksEncoding implements StreamEncoding {
  readonly headers = {};
  private readonly created = Math.floor(Date.now() / 1_000);

  constructor(private readonly request: Pick<ChatCompletionRequest, 'model' | 'wantsUsage'>) {}

  encode(turnId: string, sequence: number, event: StreamEvent): string {
    const id = idLine(turnId, sequence);
    switch (event.type) {
      case 'accepted':
        return id + this.chunk(turnId, { role: 'assistant', content: '' }, null);
      case 'delta':
        return id + this.chunk(turnId, { content: event.text }, null);
      case 'done':
        return [
          id,
          this.chunk(turnId, {}, FINISH_REASONS[event.outcome]),
          this.request.wantsUsage ? this.usageChunk(turnId, event.usage) : '',
          DONE_LINE,
        ].join('');
      case 'error':
        return id + dataLine({ error: toOpenAiError(event.code, event.detail) });
    }
  }

  private chunk(turnId: string, delta: object, finishReason: FinishReason | null): string {
    return this.line(turnId, [{ index: 0, delta, logprobs: null, finish_reason: finishReason }]);
  }

  /** Sent where the client asked for it: no choice, and what the whole reply cost. */
  private usageChunk(turnId: string, usage: TokenUsage): string {
    return this.line(turnId, [], { usage: toUsage(usage) });
  }

  private line(turnId: string, choices: readonly object[], rest: object = {}): string {
    return dataLine({
      id: turnId,
      object: 'chat.completion.chunk',
      created: this.created,
      model: this.request.model,
      choices,
      ...rest,
    });
  }
}
