import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Prompt } from '../prompt.js';
import type { TokenUsage } from '../reply.js';
import { NO_USAGE, type Model } from './model.js';

/** In characters as a reader counts them. */
const MAX_QUOTE_LENGTH = 120;

/**
 * Answers without any model, and says so: a newcomer sees the whole product work before having a key. It is
 * used only where AI_MODELS names it or nothing else is configured, never in place of a model that failed.
 */
export class OfflineModel implements Model {
  readonly name = 'offline';

  async *stream({ messages }: Prompt, signal: AbortSignal): AsyncGenerator<string, TokenUsage, undefined> {
    const answer = offlineAnswer(messages.at(-1)?.content ?? '', messages.length - 1);
    for (const [word] of answer.matchAll(/\S+\s*/g)) {
      await nextTurn();
      signal.throwIfAborted();
      yield word;
    }
    return NO_USAGE;
  }
}

function offlineAnswer(message: string, earlierMessages: number): string {
  return [
    'No AI model is configured, so this is a built-in answer and nobody has thought about it.',
    `I understood: “${quote(message)}”,`,
    `and I was given ${earlierMessages === 1 ? '1 earlier message' : `${earlierMessages} earlier messages`}`,
    'of this conversation.',
    'To connect a model, set GOOGLE_API_KEY, or name another one with its key, for example',
    'AI_MODELS=openai:gpt-4.1-mini and OPENAI_API_KEY, and start the service again.',
  ].join(' ');
}

/** On one line, and never cut inside what a reader sees as one character. */
function quote(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  let length = 0;
  for (const { index } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(line)) {
    if (length === MAX_QUOTE_LENGTH) {
      return `${line.slice(0, index)}…`;
    }
    length += 1;
  }
  return line;
}
