import type { ErrorStreamEvent, HistoryItem } from './api.js';
import { ParleyProblem, ParleyUnreachable } from './problem.js';
import type { Transport } from './transport.js';

export interface OperatorMessage {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly edited_at: string | null;
}

/** What is new in a conversation, whichever device or operator causes it. */
export type SessionEvent =
  | { readonly type: 'ready'; readonly operator: boolean }
  | (HistoryItem & { readonly type: 'reply' })
  | (OperatorMessage & { readonly type: 'operator_message' | 'operator_message_edited' })
  | { readonly type: 'operator_message_withdrawn'; readonly id: string }
  | { readonly type: 'operator_joined' | 'operator_left' };

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
