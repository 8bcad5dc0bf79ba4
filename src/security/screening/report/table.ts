import type { Count, Row } from './figures.js';
import type { Worst } from './timing.js';

const HEADER = ['class', 'develop', 'held out', 'all'];

function cell({ blocked, of }: Count): string {
  return of === 0 ? '–' : `${((blocked / of) * 100).toFixed(1)} % (${String(blocked)}/${String(of)})`;
}

/** The figures as a Markdown table with aligned columns; the same figures give the same text. */
export function toMarkdown(rows: readonly Row[]): string {
  const cells = [
    HEADER,
    ...rows.map(({ name, counts }) => [
      name,
      cell(counts.develop),
      cell(counts['held-out']),
      cell(counts.all),
    ]),
  ];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [header = HEADER, ...body] = cells;
  return [line(header), rule, ...body.map(line)].join('\n');
}

/** The time in one line: an average, and the dearest of the repeated patterns. */
export function timeLine(worst: readonly Worst[], perKilobyte: number): string {
  const slow = worst
    .slice(0, 5)
    .map(({ unit, milliseconds }) => `${JSON.stringify(unit)} ${milliseconds.toFixed(1)} ms`);
  return `Time: ${perKilobyte.toFixed(2)} ms per kilobyte; slowest of 4,000 characters: ${slow.join(', ')}`;
}
