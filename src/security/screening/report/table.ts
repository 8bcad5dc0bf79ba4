import type { Count, Row } from './figures.js';
import type { Worst } from './timing.js';

function cell({ blocked, of }: Count): string {
  return of === 0 ? '–' : `${((blocked / of) * 100).toFixed(1)} % (${String(blocked)}/${String(of)})`;
}

/** The report as Markdown. */
export function toMarkdown(
  rows: readonly Row[],
  worst: readonly Worst[],
  perKilobyte: number,
  policy: string,
): string {
  const lines = rows.map(
    ({ name, counts }) =>
      `| ${name} | ${cell(counts.develop)} | ${cell(counts['held-out'])} | ${cell(counts.all)} |`,
  );
  const slow = worst
    .slice(0, 5)
    .map(({ unit, milliseconds }) => `${JSON.stringify(unit)} ${milliseconds.toFixed(1)} ms`);
  return [
    `Screening policy ${policy}: share blocked`,
    '',
    '| class | develop | held out | all |',
    '|---|---|---|---|',
    ...lines,
    '',
    `Time: ${perKilobyte.toFixed(2)} ms per kilobyte; slowest of 4,000 characters: ${slow.join(', ')}`,
    '',
  ].join('\n');
}
