import fc from 'fast-check';
import { readEvents, SseParser, type ServerSentEvent } from '../../packages/client/src/sse.js';
import { collect } from '../support/collect.js';

interface Written {
  readonly id: string | undefined;
  readonly type: string;
  readonly lines: readonly string[];
  readonly comment: string | undefined;
}

const END = fc.constantFrom('\n', '\r', '\r\n');
const TEXT = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n\0]/g, '·'));
const EVENT = fc.record<Written>({
  id: fc.option(TEXT, { nil: undefined }),
  type: TEXT.map((text) => text.replace(/^ /, '_')),
  lines: fc.array(TEXT, { minLength: 1, maxLength: 3 }),
  comment: fc.option(TEXT, { nil: undefined }),
});

/** Any events in any spelling that the standard allows, and what they mean. */
const STREAM = fc.tuple(fc.array(EVENT, { maxLength: 8 }), END).map(([written, end]) => {
  const lines = written.flatMap((event) => [
    ...(event.comment === undefined ? [] : [`:${event.comment}`]),
    ...(event.id === undefined ? [] : [`id: ${event.id}`]),
    `event: ${event.type}`,
    ...event.lines.map((line) => `data: ${line}`),
    '',
  ]);
  let lastId = '';
  const meant = written.map(({ id, type, lines: data }): ServerSentEvent => {
    lastId = id ?? lastId;
    return { id: lastId, type: type || 'message', data: data.join('\n') };
  });
  return { text: lines.map((line) => line + end).join(''), meant };
});

function read(pieces: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      pieces.forEach((piece) => controller.enqueue(piece));
      controller.close();
    },
  });
  return collect(readEvents(body));
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((place, index) => bytes.subarray(sorted[index], place));
}

describe('The reader of server-sent events', () => {
  it('should find the same events however the network cuts their bytes', async () => {
    await fc.assert(
      fc.asyncProperty(STREAM, fc.array(fc.nat(), { maxLength: 40 }), async ({ text, meant }, places) => {
        expect(await read(cut(new TextEncoder().encode(text), places))).toEqual(meant);
      }),
      { numRuns: 500 },
    );
  });

  it('should find the same in single bytes', async () => {
    await fc.assert(
      fc.asyncProperty(STREAM, async ({ text, meant }) => {
        const bytes = new TextEncoder().encode(text);
        expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(meant);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['a mark of byte order', '\uFEFFdata: a\n\n', ['a']],
    ['fields without a space, and without a value', 'data:a\ndata\n\n', ['a\n']],
    ['fields it does not know', 'retry: 10\nfoo: bar\ndata: a\n\n', ['a']],
    ['an event without data', 'event: empty\n\ndata: a\n\n', ['a']],
    ['an event that does not end', 'data: a\n\ndata: b\n', ['a']],
    ['mixed ends of lines', 'data: a\r\n\rdata: b\n\r\n', ['a', 'b']],
  ])('should read %s', async (_what, text, data) => {
    const events = await read([new TextEncoder().encode(text)]);
    expect(events.map((event) => event.data)).toEqual(data);
  });

  it('should read a long line in many pieces in time that grows with its length', () => {
    const parser = new SseParser();
    parser.push('data: ');
    for (let piece = 0; piece < 100_000; piece += 1) {
      parser.push('x'.repeat(10));
    }
    expect(parser.push('\n\n')[0]?.data).toHaveLength(1_000_000);
  });

  it('should pass nothing on of an id with a NUL', async () => {
    const events = await read([new TextEncoder().encode('id: a\ndata: 1\n\nid: b\0\ndata: 2\n\n')]);
    expect(events.map(({ id }) => id)).toEqual(['a', 'a']);
  });
});
