import type { StreamEvent } from '../stream-event.js';

/** How the events of one stream are written; made anew for each stream, so it may remember what it wrote. */
export interface StreamEncoding {
  /** Headers of the answer that belong to the protocol. */
  readonly headers: Readonly<Record<string, string>>;
  /** A negative sequence is no place in the turn: the event then bears no id. */
  encode(turnId: string, sequence: number, event: StreamEvent): string;
}

/** In the format of WHATWG HTML section 9.2. JSON holds no line break, so `data` is one line. */
export function dataLine(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The end of a stream as OpenAI and those after it write it. */
export const DONE_LINE = 'data: [DONE]\n\n';

/** By which a client says where it wants to read on. */
export function idLine(turnId: string, sequence: number): string {
  return sequence < 0 ? '' : `id: ${turnId}:${sequence}\n`;
}
