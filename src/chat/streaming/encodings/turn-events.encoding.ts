import type { StreamEvent } from '../stream-event.js';
import { dataLine, idLine, type StreamEncoding } from './stream-encoding.js';

/** The service's own protocol: each event by its name, with an id to resume after. */
export class TurnEventsEncoding implements StreamEncoding {
  readonly headers = {};

  encode(turnId: string, sequence: number, event: StreamEvent): string {
    return `${idLine(turnId, sequence)}event: ${event.type}\n${dataLine(dataOf(event))}`;
  }
}

function dataOf(event: StreamEvent): object {
  if (event.type !== 'done') {
    return event;
  }
  const { type, reply_id, outcome, response } = event;
  return { type, reply_id, outcome, response };
}
