import { EventReader, type ReceivedEvent } from '../../support/event-reader.js';

export interface StreamOutcome {
  readonly key: string;
  /** Whether it came to its end whole: numbered without a gap, and its deltas join to the reply. */
  readonly isWhole: boolean;
  /** How often it was sent away from a replica and read on from another. */
  readonly resumed: number;
  /** What went wrong otherwise: a refusal, a broken connection. */
  readonly failures: readonly string[];
}

/** Sends a message and reads its reply to the end, on any replica, as a client does that keeps to the protocol. */
export async function readToEnd(
  url: string,
  token: string,
  message: string,
  key: string,
): Promise<StreamOutcome> {
  const events: ReceivedEvent[] = [];
  const failures: string[] = [];
  let resumed = 0;
  while (failures.length < 5) {
    try {
      const lastEventId = events.at(-1)?.id;
      const options = { message, key, ...(lastEventId === undefined ? {} : { lastEventId }) };
      for (const event of await (await EventReader.open(url, token, options)).toEnd()) {
        if (event.data.type !== 'error') {
          events.push(event);
        } else if (event.data.code !== 'service_unavailable') {
          failures.push(`error event ${event.data.code}`);
        }
      }
    } catch (error) {
      failures.push(String(error));
    }
    if (events.at(-1)?.data.type === 'done') {
      break;
    }
    resumed += 1;
  }
  return { key, isWhole: isWhole(events), resumed, failures };
}

function isWhole(events: readonly ReceivedEvent[]): boolean {
  const text = events.map(({ data }) => data.text ?? '').join('');
  return (
    events.every(({ sequence }, index) => sequence === index) &&
    events.at(-1)?.data.type === 'done' &&
    events.at(-1)?.data.response === text
  );
}
