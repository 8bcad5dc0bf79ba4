import type { ConversationMessage, ReplyRequest } from './reply.js';
import { estimateTokens } from './token-estimate.js';

/** What a model is given. The last message is the user's. */
export interface Prompt {
  readonly instructions: string;
  readonly messages: readonly ConversationMessage[];
}

/**
 * Puts a request into the form of a prompt. What users and models said stays data: it is never merged into
 * the instructions, and the message is passed on as it was written.
 *
 * @param maxTokens of the conversation, by estimate: of what was said before, the newest turns that fit
 * beside the message are kept, each as a whole. The message is kept however long it is.
 */
export function buildPrompt(
  instructions: string,
  { message, history }: Pick<ReplyRequest, 'message' | 'history'>,
  maxTokens: number,
): Prompt {
  const earlier = newestTurns(turnsOf(history), maxTokens - estimateTokens(message));
  return { instructions, messages: [...earlier, { role: 'user', content: message }] };
}

/** A question and what was said to it. */
type Turn = readonly ConversationMessage[];

function turnsOf(history: readonly ConversationMessage[]): Turn[] {
  const turns: ConversationMessage[][] = [];
  for (const message of history) {
    // Anthropic refuses a blank message, such as a reply that was cancelled before its first word.
    if (message.content.trim() === '') {
      continue;
    }
    if (message.role === 'user') {
      turns.push([message]);
    } else {
      // And it refuses to begin with an assistant: a reply whose question was cut off tells a model little.
      turns.at(-1)?.push(message);
    }
  }
  return turns;
}

function newestTurns(turns: readonly Turn[], maxTokens: number): ConversationMessage[] {
  let tokens = 0;
  const firstKept = turns.findLastIndex((turn) => {
    tokens += turn.reduce((sum, { content }) => sum + estimateTokens(content), 0);
    return tokens > maxTokens;
  });
  return turns.slice(firstKept + 1).flat();
}
