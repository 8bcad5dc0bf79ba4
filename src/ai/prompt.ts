import type { ConversationMessage, ReplyRequest } from './reply.js';

/** What a model is given. The last message is the user's. */
export interface Prompt {
  readonly instructions: string;
  readonly messages: readonly ConversationMessage[];
}

/**
 * Puts a request into the form of a prompt. What users and models said stays data: it is never merged into
 * the instructions, and the message is passed on as it was written.
 */
export function buildPrompt(
  instructions: string,
  { message, history }: Pick<ReplyRequest, 'message' | 'history'>,
): Prompt {
  // Anthropic refuses a blank message, such as a reply that was cancelled before its first word.
  const spoken = history.filter(({ content }) => content.trim() !== '');
  // And it refuses to begin with an assistant: a reply whose question was cut off tells a model little.
  const firstQuestion = spoken.findIndex(({ role }) => role === 'user');
  const earlier = firstQuestion === -1 ? [] : spoken.slice(firstQuestion);
  return { instructions, messages: [...earlier, { role: 'user', content: message }] };
}
