import type {
  ErrorStreamEvent,
  HistoryErasedNewsEvent,
  OperatorJoinedNewsEvent,
  OperatorLeftNewsEvent,
  OperatorMessageEditedNewsEvent,
  OperatorMessageNewsEvent,
  OperatorMessageWithdrawnNewsEvent,
  ReadyNewsEvent,
  ReplyNewsEvent,
} from './api.js';
import { ParleyProblem, ParleyUnreachable } from './problem.js';
import type { Transport } from './transport.js';

/** What is new in a conversation, whichever device or operator causes it. Bear types you do not know. */
export type SessionEvent =
  | ReadyNewsEvent
  | ReplyNewsEvent
  | OperatorMessageNewsEvent
  | OperatorMessageEditedNewsEvent
  | OperatorMessageWithdrawnNewsEvent
  | OperatorJoinedNewsEvent
  | OperatorLeftNewsEvent
  | HistoryErasedNewsEvent;

/**
 * The events of the session until the signal aborts, over as many connections as it takes. `ready` comes with each
 * connection. A page may be offline for hours, so it is tried for as long as it is wanted.
 */
export async function* sessionEvents(
  transport: Transport,
  signal: AbortSignal | undefined,
): AsyncGenerator<SessionEvent, void, undefined> {
  const attempts = transport.attempts(signal, { attempts: Number.POSITIVE_INFINITY });
  let lastEventId: string | undefined;
  let renewedFor: string | undefined;
  for (;;) {
    const { token } = transport;
    try {
      const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      for await (const { id, data } of transport.events({
        method: 'GET',
        path: '/chat/events',
        headers,
        signal,
      })) {
        const event = JSON.parse(data) as SessionEvent | ErrorStreamEvent;
        if (event.type === 'error') {
          throw new ParleyProblem({ code: event.code, detail: event.detail });
        }
        lastEventId = id === '' ? lastEventId : id;
        attempts.succeeded();
        yield event;
      }
      throw new ParleyUnreachable(new Error('The stream ended.'));
    } catch (error) {
      // A renewed token that is refused at once would be renewed for ever.
      if (token !== renewedFor && (await transport.renew(error, token))) {
        renewedFor = transport.token;
        lastEventId = undefined;
      } else {
        await attempts.waitAfter(error);
      }
    }
  }
}
