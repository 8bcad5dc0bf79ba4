import type { HistoryItemBody } from '../support/api-client.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const SESSIONS = 20;
const MESSAGES = 20;
/** So many sessions are written to at a time: on a small machine more would only queue. */
const SESSIONS_AT_ONCE = 5;
const PAGE_SIZES = [1, 3, 7, 50];

interface Conversation {
  readonly token: string;
  readonly name: string;
  /** The messages whose reply has reached the visitor. */
  readonly acknowledged: Set<string>;
}

describe('The history while it is being written', () => {
  let model: ModelServer;
  let database: TestDatabase;
  let replicas: ServiceProcess[];
  let conversations: Conversation[];
  /** Those that are being written to at the moment. */
  let busy: Conversation[];
  let isWriting = true;

  beforeAll(async () => {
    model = await ModelServer.start({ reply: () => echo({ delayMs: Math.round(Math.random() * 50) }) });
    database = await createTestDatabase();
    const settings = {
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
    };
    replicas = await Promise.all([ServiceProcess.start(settings), ServiceProcess.start(settings)]);
    conversations = await Promise.all(
      Array.from({ length: SESSIONS }, async (_, index) => ({
        token: (await replicas[0]!.api.signIn(`visitor-${index}@example.com`)).token,
        name: `session ${index}`,
        acknowledged: new Set<string>(),
      })),
    );
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
    await model.close();
  });

  async function converse({ token, name, acknowledged }: Conversation): Promise<void> {
    await Promise.all(
      Array.from({ length: MESSAGES }, async (_, number) => {
        const message = `${name}, message ${number}`;
        const { status, body } = await replicas[number % replicas.length]!.api.send(token, message);
        expect([status, body.response]).toEqual([200, `echo: ${message}`]);
        acknowledged.add(message);
      }),
    );
  }

  async function writeAll(): Promise<void> {
    for (let start = 0; start < SESSIONS; start += SESSIONS_AT_ONCE) {
      busy = conversations.slice(start, start + SESSIONS_AT_ONCE);
      await Promise.all(busy.map(converse));
    }
  }

  /** Reads conversations over and over, from either replica in turn, until the writing is over. */
  async function keepReading(pageSize: number): Promise<{ unfinished: number; faults: string[] }> {
    const faults: string[] = [];
    let unfinished = 0;
    for (let walk = 0; isWriting; walk += 1) {
      const conversation = busy[walk % busy.length]!;
      const before = [...conversation.acknowledged];
      const replica = replicas[walk % replicas.length]!;
      const items = await replica.api.wholeHistory(conversation.token, pageSize);
      faults.push(
        ...findFaults(conversation, items, before).map((fault) => `pages of ${pageSize}: ${fault}`),
      );
      const replies = items.filter(({ response }) => response !== '').length;
      unfinished += replies > 0 && replies < MESSAGES ? 1 : 0;
    }
    return { unfinished, faults };
  }

  function findFaults({ name }: Conversation, items: HistoryItemBody[], acknowledged: string[]): string[] {
    const seen = new Set(items.map(({ message }) => message));
    const expected = ({ message, outcome }: HistoryItemBody) =>
      outcome === 'pending' ? '' : `echo: ${message}`;
    return [
      ...items
        .filter((item) => item.response !== expected(item))
        .map((item) => `mismatch ${JSON.stringify(item)}`),
      ...items
        .filter(({ message }) => !message.startsWith(`${name}, `))
        .map(({ message }) => `foreign ${message}`),
      ...(seen.size === items.length ? [] : [`a turn twice in ${JSON.stringify(items)}`]),
      ...acknowledged.filter((message) => !seen.has(message)).map((message) => `missing ${message}`),
    ];
  }

  it('should show every reply with its own question, no turn twice and none missing, at any page size', async () => {
    const writing = writeAll().finally(() => {
      isWriting = false;
    });
    const readers = await Promise.all(PAGE_SIZES.map(keepReading));
    await writing;
    expect(readers.flatMap(({ faults }) => faults)).toEqual([]);
    // Else nobody was reading while there was something to get wrong.
    expect(Math.min(...readers.map(({ unfinished }) => unfinished))).toBeGreaterThan(0);
  }, 90_000);

  it('should show the same at every page size when the writing is over', async () => {
    for (const { token, name } of conversations) {
      const whole = await replicas[0]!.api.wholeHistory(token);
      expect(new Set(whole.map(({ message, response }) => `${message} > ${response}`))).toEqual(
        new Set(
          Array.from({ length: MESSAGES }, (_, number) => {
            const message = `${name}, message ${number}`;
            return `${message} > echo: ${message}`;
          }),
        ),
      );
      expect(whole).toHaveLength(MESSAGES);
      for (const pageSize of PAGE_SIZES) {
        expect(await replicas[1]!.api.wholeHistory(token, pageSize)).toEqual(whole);
      }
    }
  }, 60_000);
});
