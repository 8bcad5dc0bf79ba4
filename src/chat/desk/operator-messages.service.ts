import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../../common/events/domain-events.js';
import { newMessageId } from '../../common/ids.js';
import { Database } from '../../database/database.js';
import { Sanitiser } from '../../security/sanitiser/sanitiser.service.js';
import { OperatorMessageSent } from '../events/operator-message-sent.event.js';
import { EDIT, SAY, WITHDRAW } from './desk-statements.js';

/** `known`: it was stored before. `empty`: nothing is left of it once it is fit to be shown. */
export type SayResult = 'stored' | 'known' | 'empty' | 'session_ended';

/**
 * What operators write to visitors. Each message has the id it bears where it was written; told of it again, as
 * happens after a crash or a reconnect, nothing changes.
 */
@Injectable()
export class OperatorMessages {
  constructor(
    private readonly database: Database,
    private readonly sanitiser: Sanitiser,
    private readonly events: DomainEvents,
  ) {}

  async say(sessionId: string, externalId: string, text: string): Promise<SayResult> {
    const clean = await this.sanitiser.sanitise(text);
    if (clean.trim() === '') {
      return 'empty';
    }
    const id = newMessageId();
    return this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ id: string | null }>(SAY, [sessionId, id, externalId, clean]);
      if (row === undefined) {
        return 'session_ended';
      }
      if (row.id === null) {
        return 'known';
      }
      await this.events.publish(new OperatorMessageSent(sessionId, id), transaction);
      return 'stored';
    });
  }

  /** Changes the text of a message. Where nothing is left of it, it is withdrawn; where it is unknown, nothing happens. */
  async edit(sessionId: string, externalId: string, text: string): Promise<void> {
    const clean = await this.sanitiser.sanitise(text);
    if (clean.trim() === '') {
      await this.withdraw(sessionId, externalId);
      return;
    }
    await this.database.query(EDIT, [sessionId, externalId, clean]);
  }

  /** Takes a message back. Where it is unknown, or taken back already, nothing happens. */
  async withdraw(sessionId: string, externalId: string): Promise<void> {
    await this.database.query(WITHDRAW, [sessionId, externalId]);
  }
}
