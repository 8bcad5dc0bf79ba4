import type { Configuration } from '../../config/configuration.js';
import type { Prompt } from '../prompt.js';
import { CanaryGuard } from './canary-guard.js';
import { ConversationTrace } from './conversation-trace.js';
import { LinkGuard } from './link-guard.js';
import { LinkPolicy } from './link-policy.js';
import { ReplyStream } from './reply-stream.js';

/** More than any text has for a token; a server that heeds AI_MAX_TOKENS never gets there. */
const CHARACTERS_PER_TOKEN = 16;
const SMALLEST_BOUND = 4_096;

/** Makes what a reply goes through, by the settings and by the prompt it answers. */
export class ReplyStreams {
  private readonly allowedHosts: ReadonlySet<string> | undefined;
  private readonly maxLength: number;

  constructor(
    { allowedLinkHosts, maxTokens }: Configuration['ai'],
    private readonly canary: string,
  ) {
    this.allowedHosts = allowedLinkHosts && new Set(allowedLinkHosts);
    this.maxLength = Math.max(SMALLEST_BOUND, maxTokens * CHARACTERS_PER_TOKEN);
  }

  create({ instructions, messages }: Prompt): ReplyStream {
    const conversation = new ConversationTrace([instructions, ...messages.map(({ content }) => content)]);
    const links = new LinkGuard(new LinkPolicy(this.allowedHosts, conversation));
    return new ReplyStream(new CanaryGuard(this.canary), links, this.maxLength);
  }
}
