/** So many letters and digits in a row that a conversation also has are no coincidence. */
const PIECE_LENGTH = 16;
/** Base64 of so many bytes; a shorter run cannot hold a piece. */
const BASE64_RUN = /[\w+/-]{22,}/g;
const HEX_RUN = /[\da-f]{32,}/gi;
const PERCENT_ROUNDS = 3;

/**
 * Tells whether an address would carry a piece of the conversation to its host: as it was written, with other
 * blanks and punctuation, percent-encoded, in base64 or in hexadecimal digits.
 */
export class ConversationTrace {
  private pieces: ReadonlySet<string> | undefined;
  private text: string | undefined;

  /** @param texts all that the model was given. It is looked at only when there is an address to judge. */
  constructor(private readonly texts: readonly string[]) {}

  isIn(address: string): boolean {
    this.pieces ??= new Set(this.texts.flatMap((text) => piecesOf(text)));
    const known = this.pieces;
    return readingsOf(this.newPartOf(address)).some((reading) =>
      piecesOf(reading).some((piece) => known.has(piece)),
    );
  }

  /** What stands in the conversation as an address, at least its host, may be said again. */
  private newPartOf(address: string): string {
    this.text ??= this.texts.join('\n').toLowerCase();
    const text = this.text;
    const lowered = address.toLowerCase();
    const [origin = '', host = ''] = /^(?:[^/?#]*:)?\/*([^/?#]*)/.exec(lowered) ?? [];
    if (host === '' || !text.includes(host)) {
      return address;
    }
    const cuts = [...lowered.matchAll(/[^\p{L}\p{N}]|$/gu)].flatMap(({ index }) => [index, index + 1]);
    // Where a beginning is unknown, every longer one is.
    const isKnown = (cut: number): boolean => text.includes(lowered.slice(0, cut));
    return address.slice(lastWhere(isKnown, [origin.length, ...cuts.filter((cut) => cut > origin.length)]));
  }
}

/** The last of the sorted values for which the condition holds; the first one where it holds for none. */
function lastWhere(holds: (value: number) => boolean, values: readonly number[]): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(values[middle] ?? 0)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return values[low] ?? 0;
}

/** Every run of letters and digits of the length that counts, without case, blanks and punctuation. */
function piecesOf(text: string): string[] {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const count = Math.max(0, letters.length - PIECE_LENGTH + 1);
  return Array.from({ length: count }, (_, at) => letters.slice(at, at + PIECE_LENGTH));
}

/** The ways in which an address can be meant. */
function readingsOf(address: string): string[] {
  const readings = [address];
  for (let round = 0; round < PERCENT_ROUNDS; round += 1) {
    readings.push(percentDecoded(readings.at(-1) ?? ''));
  }
  return readings.flatMap((reading) => [
    reading,
    ...(reading.match(HEX_RUN) ?? []).map((run) => Buffer.from(run, 'hex').toString()),
    // A run may begin in the middle of a group of four, behind a part of the path.
    ...(reading.match(BASE64_RUN) ?? []).flatMap((run) =>
      [0, 1, 2, 3].map((offset) => Buffer.from(run.slice(offset), 'base64').toString()),
    ),
  ]);
}

/** Unlike `decodeURIComponent` it takes what is malformed as it is. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  );
}
