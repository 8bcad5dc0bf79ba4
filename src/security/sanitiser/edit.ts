/** A part of a text, from `start` up to and without `end`, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is to stand in the place of a part of a text. */
export interface Edit extends Range {
  readonly replacement: string;
}

/** The text with all edits made. Of two that overlap the earlier one is made; the next round sees to the rest. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Ranges in the order of the text that do not overlap, and quick answers about them. */
export class Ranges {
  constructor(private readonly ranges: readonly Range[]) {}

  /** Whether a position lies in one of the ranges. */
  has(position: number): boolean {
    const range = this.ranges[this.firstEndingAfter(position)];
    return range !== undefined && range.start <= position;
  }

  /** Whether any of the ranges has a part between the two positions. */
  touches(start: number, end: number): boolean {
    const range = this.ranges[this.firstEndingAfter(start)];
    return range !== undefined && range.start < end;
  }

  private firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.end ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
