import type { TurnOutcome } from '../../turn-outcome.js';
import type { StreamEvent } from '../stream-event.js';
import { dataLine, DONE_LINE, idLine, type StreamEncoding } from './stream-encoding.js';

const TEXT_PART = 'text';

const FINISH_REASONS: Readonly<Record<TurnOutcome, string>> = {
  answered: 'stop',
  fallback: 'other',
  blocked: 'content-filter',
  cancelled: 'interrupted',
  interrupted: 'interrupted',
  operator: 'other',
  pending: 'other',
};

/** The UI message stream of the AI SDK, version 1, which `useChat` reads (ai-sdk.dev, "Stream Protocols"). */
export class UiMessagesEncoding implements StreamEncoding {
  readonly headers = { 'x-vercel-ai-ui-message-stream': 'v1' };
  private hasStarted = false;

  encode(turnId: string, sequence: number, event: StreamEvent): string {
    const id = idLine(turnId, sequence);
    const start = this.hasStarted ? '' : startOf(turnId);
    this.hasStarted = true;
    switch (event.type) {
      case 'accepted':
        return `${id}${start}`;
      case 'delta':
        return `${start}${id}${dataLine({ type: 'text-delta', id: TEXT_PART, delta: event.text })}`;
      case 'done':
        return [
          start,
          dataLine({ type: 'text-end', id: TEXT_PART }),
          id,
          dataLine({
            type: 'finish',
            finishReason: FINISH_REASONS[event.outcome],
            messageMetadata: { outcome: event.outcome, reply_id: event.reply_id },
          }),
          DONE_LINE,
        ].join('');
      case 'error':
        return `${start}${id}${dataLine({ type: 'error', errorText: `${event.code}: ${event.detail}` })}${DONE_LINE}`;
    }
  }
}

/** Also where a reader comes in later: its client knows nothing of the message yet. */
function startOf(turnId: string): string {
  return dataLine({ type: 'start', messageId: turnId }) + dataLine({ type: 'text-start', id: TEXT_PART });
}
