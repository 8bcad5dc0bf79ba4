import { ContractGuard } from './contract-guard.js';
import { blocksOf } from './event-reader.js';

/** The data of one event of a session's event stream. */
export interface NewsBody {
  readonly type: string;
  readonly id?: string;
  readonly operator?: boolean;
  readonly text?: string;
  readonly created_at?: string;
  readonly edited_at?: string | null;
  readonly message?: string;
  readonly response?: string;
  readonly outcome?: string;
  readonly code?: string;
}

export interface ReceivedNews {
  /** Undefined where the event has no place. */
  readonly place: number | undefined;
  readonly data: NewsBody;
}

const PATH = '/chat/events';

/** Reads one event stream as it arrives, strictly: an event that breaks the format or the contract fails the test. */
export class NewsReader {
  readonly events: ReceivedNews[] = [];
  comments = 0;
  private readonly blocks: AsyncGenerator<string, void, undefined>;

  private constructor(
    readonly response: Response,
    private readonly connection: AbortController,
  ) {
    this.blocks = blocksOf(response);
  }

  static async open(url: string, token: string, lastEventId?: number | string): Promise<NewsReader> {
    const connection = new AbortController();
    const response = await fetch(`${url}${PATH}`, {
      signal: connection.signal,
      headers: {
        'user-agent': 'parley-tests/1.0',
        authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
      },
    });
    if (response.status !== 200) {
      throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
    }
    return new NewsReader(response, connection);
  }

  /** The place to read on after, as a client remembers it. */
  get lastPlace(): number | undefined {
    return this.events.findLast(({ place }) => place !== undefined)?.place;
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<ReceivedNews | undefined> {
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
      ContractGuard.shared().checkEvent('GET', PATH, event.data);
      this.events.push(event);
      return event;
    }
  }

  /** Reads until there is an event like this one, and returns it. */
  async until(matches: (data: NewsBody) => boolean): Promise<ReceivedNews> {
    for (let event = await this.next(); event !== undefined; event = await this.next()) {
      if (matches(event.data)) {
        return event;
      }
    }
    throw new Error(`the stream ended before it came: ${JSON.stringify(this.events)}`);
  }

  /** Reads until there were so many events. */
  async untilCount(count: number): Promise<ReceivedNews[]> {
    while (this.events.length < count && (await this.next()) !== undefined) {
      // Each is kept as it is read.
    }
    return this.events;
  }

  async toEnd(): Promise<ReceivedNews[]> {
    return this.untilCount(Number.POSITIVE_INFINITY);
  }

  /** Cuts the connection, as a lost network does. */
  cut(): void {
    this.connection.abort();
  }
}

function parse(block: string): ReceivedNews {
  const [, place, type, json] = /^(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
  if (type === undefined || json === undefined) {
    throw new Error(`not an event: ${block}`);
  }
  const data = JSON.parse(json) as NewsBody;
  if (data.type !== type) {
    throw new Error(`the event ${type} says that it is ${data.type}`);
  }
  return { place: place === undefined ? undefined : Number(place), data };
}
