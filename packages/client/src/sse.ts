/** One server-sent event, as the WHATWG's HTML standard defines it. */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
  /** The last id that was said, here or before. */
  readonly id: string;
}

/** Reads text of `text/event-stream`, however it is cut into pieces. What is incomplete at the end is no event. */
export class SseParser {
  private line = '';
  private endedWithCr = false;
  private type = '';
  private data: string[] = [];
  private id = '';

  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (text === '') {
      return events;
    }
    // CR LF is one end of a line, also when the network cuts between the two.
    const rest = this.endedWithCr && text.startsWith('\n') ? text.slice(1) : text;
    this.endedWithCr = text.endsWith('\r');
    const lines = rest.split(/\r\n|\r|\n/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.takeLine(this.line + line);
      this.line = '';
      if (event !== undefined) {
        events.push(event);
      }
    }
    this.line += last;
    return events;
  }

  private takeLine(line: string): ServerSentEvent | undefined {
    if (line === '') {
      return this.takeEvent();
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') {
      this.data.push(value);
    } else if (field === 'event') {
      this.type = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.id = value;
    }
    return undefined;
  }

  private takeEvent(): ServerSentEvent | undefined {
    const { type, data, id } = this;
    this.type = '';
    this.data = [];
    return data.length === 0 ? undefined : { type: type || 'message', data: data.join('\n'), id };
  }
}

/** The events of a body as they arrive. `onBytes` is called for every piece, so also for signs of life. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => undefined,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      onBytes();
      yield* parser.push(decoder.decode(piece.value, { stream: true }));
    }
  } finally {
    // Rejects where the connection is broken already, and then there is nothing left to give back.
    await reader.cancel().catch(() => undefined);
  }
}
