import { Logger } from '@nestjs/common';
import type { OperatorMessages } from '../../../../chat/desk/operator-messages.service.js';
import type { Database } from '../../../../database/database.js';
import type { DeskAnswers } from './desk-answers.js';
import { SELECT_SESSION_OF_THREAD } from './desk-statements.js';
import { persist } from './persist.js';
import type { WrittenMessage } from './written-message.js';

export const ANSWERS = {
  onlyText: 'Only text can be passed on, so the visitor sees nothing of this.',
  textOnly: 'The visitor sees the text, not what is attached to it.',
  empty: 'Nothing is left of this once it is safe to show, so the visitor sees nothing of it.',
  ended: 'The session has ended: the visitor cannot read this.',
  failed: 'This could not be passed on because of a fault; the log of the service says more.',
} as const;

const EXTERNAL = 'discord:';

/** What an operator's message is called in the conversation. */
export function externalIdOf(messageId: string): string {
  return `${EXTERNAL}${messageId}`;
}

/** @returns undefined for one that was not written on Discord. */
export function messageIdOf(externalId: string): string | undefined {
  return externalId.startsWith(EXTERNAL) ? externalId.slice(EXTERNAL.length) : undefined;
}

/** Passes on to visitors what operators write in their threads. Each of its steps may be repeated. */
export class OperatorInbox {
  private readonly logger = new Logger('DiscordDesk');

  constructor(
    private readonly database: Database,
    private readonly messages: OperatorMessages,
    private readonly answers: DeskAnswers,
  ) {}

  /** The session that a thread is about. */
  async sessionOf(threadId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(SELECT_SESSION_OF_THREAD, [threadId]);
    return row?.id;
  }

  async pass(message: WrittenMessage, signal: AbortSignal): Promise<void> {
    const { id, threadId, text, isNote, hasMore } = message;
    if (isNote) {
      return;
    }
    await this.attempt(message, signal, async () => {
      const sessionId = await this.sessionOf(threadId);
      if (sessionId === undefined) {
        return;
      }
      if (text === '') {
        this.answers.explain(threadId, id, ANSWERS.onlyText);
        return;
      }
      switch (await this.messages.say(sessionId, externalIdOf(id), text)) {
        case 'stored':
        case 'known':
          if (hasMore) {
            this.answers.explain(threadId, id, ANSWERS.textOnly, true);
          } else {
            this.answers.confirm(threadId, id);
          }
          break;
        case 'empty':
          this.answers.explain(threadId, id, ANSWERS.empty);
          break;
        case 'session_ended':
          this.answers.explain(threadId, id, ANSWERS.ended);
          break;
      }
    });
  }

  /** What has become a note is taken back; what was one stays one. */
  async follow(message: WrittenMessage, signal: AbortSignal): Promise<void> {
    await this.attempt(message, signal, async () => {
      const sessionId = await this.sessionOf(message.threadId);
      if (sessionId === undefined) {
        return;
      }
      const externalId = externalIdOf(message.id);
      await (message.isNote
        ? this.messages.withdraw(sessionId, externalId)
        : this.messages.edit(sessionId, externalId, message.text));
    });
  }

  async takeBack(threadId: string, messageIds: readonly string[], signal: AbortSignal): Promise<void> {
    for (const id of messageIds) {
      await this.attempt({ id, threadId }, signal, async () => {
        const sessionId = await this.sessionOf(threadId);
        await (sessionId && this.messages.withdraw(sessionId, externalIdOf(id)));
      });
    }
  }

  /** What cannot be done, whatever is tried, is said where it was written. */
  private async attempt(
    { id, threadId }: Pick<WrittenMessage, 'id' | 'threadId'>,
    signal: AbortSignal,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await persist(work, signal);
    } catch (error) {
      signal.throwIfAborted();
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.error({
        msg: "an operator's message could not be passed on",
        message_id: id,
        error_name: name,
      });
      this.answers.explain(threadId, id, ANSWERS.failed);
    }
  }
}
