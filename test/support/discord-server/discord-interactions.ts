import { randomBytes } from 'node:crypto';
import type { Answer } from './discord-routes.js';
import { newSnowflake, type MessageBody } from './discord-state.js';

const DEFERRED = 5;
const EPHEMERAL = 64;

/** A command that a member has given, and what the member sees of the bot's answer. */
export class Interaction {
  readonly id = newSnowflake();
  readonly token = randomBytes(24).toString('base64url');
  readonly createdAt = Date.now();
  /** Undefined until there is an answer; empty while the bot "is thinking". */
  content: string | undefined;
  isEphemeral = false;
  /** How often an answer was shown or changed. */
  answers = 0;
}

const unknownInteraction: Answer = { status: 404, body: { message: 'Unknown interaction', code: 10062 } };

/** What Discord knows of interactions: how long they may wait, and by which token they are answered. */
export class DiscordInteractions {
  /** How long Discord waits for the first answer. */
  answerWithinMs = 3_000;
  /** How long the token is good. */
  tokenLifeMs = 15 * 60_000;
  private readonly byToken = new Map<string, Interaction>();

  create(): Interaction {
    const interaction = new Interaction();
    this.byToken.set(interaction.token, interaction);
    return interaction;
  }

  acknowledge(
    token: string,
    { type, data }: { type: number; data?: MessageBody & { flags?: number } },
  ): Answer {
    const interaction = this.byToken.get(token);
    if (interaction === undefined) {
      return unknownInteraction;
    }
    if (interaction.content !== undefined) {
      return {
        status: 400,
        body: { message: 'Interaction has already been acknowledged.', code: 40060 },
      };
    }
    if (Date.now() - interaction.createdAt > this.answerWithinMs) {
      return unknownInteraction;
    }
    interaction.isEphemeral = ((data?.flags ?? 0) & EPHEMERAL) !== 0;
    interaction.content = type === DEFERRED ? '' : (data?.content ?? '');
    interaction.answers += type === DEFERRED ? 0 : 1;
    return { status: 204, body: {} };
  }

  edit(token: string, { content = '' }: MessageBody): Answer {
    const interaction = this.byToken.get(token);
    if (interaction === undefined) {
      return { status: 404, body: { message: 'Unknown Webhook', code: 10015 } };
    }
    if (Date.now() - interaction.createdAt > this.tokenLifeMs) {
      return { status: 401, body: { message: 'Invalid Webhook Token', code: 50027 } };
    }
    if (interaction.content === undefined) {
      return { status: 404, body: { message: 'Unknown Webhook', code: 10015 } };
    }
    interaction.content = content;
    interaction.answers += 1;
    return { status: 200, body: { id: interaction.id, content } };
  }
}
