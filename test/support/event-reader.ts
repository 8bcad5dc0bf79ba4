import { ContractGuard } from './contract-guard.js';

/** The data of one event of a turn's stream. */
export interface StreamEventBody {
  readonly type: 'accepted' | 'delta' | 'done' | 'error';
  readonly message_id?: string;
  readonly created_at?: string;
  readonly text?: string;
  readonly reply_id?: string;
  readonly outcome?: string;
  readonly response?: string;
  readonly code?: string;
  readonly detail?: string;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly sequence: number;
  readonly data: StreamEventBody;
}

export interface StreamOptions {
  readonly message?: string;
  readonly key?: string;
  readonly lastEventId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const PATH = '/chat/stream';

/** Reads one stream as it arrives, strictly: an event that breaks the format or the contract fails the test. */
export class EventReader {
  readonly events: ReceivedEvent[] = [];
  comments = 0;
  private readonly blocks: AsyncGenerator<string, void, undefined>;

  private constructor(
    readonly response: Response,
    private readonly connection: AbortController,
  ) {
    this.blocks = blocksOf(response);
  }

  static async open(url: string, token: string, options: StreamOptions = {}): Promise<EventReader> {
    const { message = 'Hello', key, lastEventId, headers } = options;
    const connection = new AbortController();
    const response = await fetch(`${url}${PATH}`, {
      method: 'POST',
      signal: connection.signal,
      headers: {
        'user-agent': 'parley-tests/1.0',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        ...headers,
      },
      body: JSON.stringify({ message }),
    });
    if (response.status !== 200) {
      throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
    }
    return new EventReader(response, connection);
  }

  /** The text so far. */
  get text(): string {
    return this.events.map(({ data }) => data.text ?? '').join('');
  }

  get last(): ReceivedEvent {
    const last = this.events.at(-1);
    if (last === undefined) {
      throw new Error('there is no event yet');
    }
    return last;
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<ReceivedEvent | undefined> {
    for (;;) {
      const { value, done } = await this.blocks.next();
      if (done === true) {
        return undefined;
      }
      if (value.startsWith(':')) {
        this.comments += 1;
        continue;
      }
      const event = parse(value);
      ContractGuard.shared().checkEvent('POST', PATH, event.data);
      this.events.push(event);
      return event;
    }
  }

  /** Reads until there is an event like this one. */
  async until(matches: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    for (let event = await this.next(); event !== undefined; event = await this.next()) {
      if (matches(event)) {
        return event;
      }
    }
    throw new Error(`the stream ended before it came: ${JSON.stringify(this.events)}`);
  }

  /** Reads to the end and returns all events. */
  async toEnd(): Promise<ReceivedEvent[]> {
    while ((await this.next()) !== undefined) {
      // Each is kept as it is read.
    }
    return this.events;
  }

  /** Waits for so many comments, the signs of life. */
  async untilComments(count: number): Promise<void> {
    while (this.comments < count) {
      const { value, done } = await this.blocks.next();
      if (done === true) {
        throw new Error('the stream ended');
      }
      this.comments += value.startsWith(':') ? 1 : 0;
    }
  }

  /** Cuts the connection, as a lost network does. */
  cut(): void {
    this.connection.abort();
  }
}

/** The blocks of a stream, each an event or a comment, without the empty line that ends it. */
export async function* blocksOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let buffered = '';
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    buffered += decoder.decode(bytes, { stream: true });
    for (let end = buffered.indexOf('\n\n'); end !== -1; end = buffered.indexOf('\n\n')) {
      yield buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
    }
  }
  if (buffered !== '') {
    throw new Error(`the stream ended in the middle of an event: ${buffered}`);
  }
}

function parse(block: string): ReceivedEvent {
  const [, id, sequence, type, json] = /^id: ([\w-]+:(\d+))\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
  if (id === undefined || json === undefined) {
    throw new Error(`not an event: ${block}`);
  }
  const data = JSON.parse(json) as StreamEventBody;
  if (data.type !== type) {
    throw new Error(`the event ${type} says that it is ${data.type}`);
  }
  return { id, sequence: Number(sequence), data };
}

/** Fails unless the events are one whole stream: numbered from 0 without a gap, one end, and what joins is what ends. */
export function expectWholeStream(events: readonly ReceivedEvent[]): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  const types = events.map(({ data }) => data.type);
  expect(types[0]).toBe('accepted');
  expect(types.slice(1, -1).every((type) => type === 'delta')).toBe(true);
  expect(['done', 'error']).toContain(types.at(-1));
  const ids = new Set(events.map(({ id }) => id.split(':')[0]));
  expect([...ids]).toEqual([events[0]?.data.message_id]);
  const end = events.at(-1)?.data;
  if (end?.type === 'done') {
    expect(events.map(({ data }) => data.text ?? '').join('')).toBe(end.response);
  }
}
