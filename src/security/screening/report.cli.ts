import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { POLICY_VERSION } from './policy.js';
import { missedBars } from './report/bars.js';
import { toBaseline, worsened, type Baseline } from './report/baseline.js';
import { readCorpora } from './report/corpora.js';
import { withTable } from './report/document.js';
import { detectionRows, type Row } from './report/figures.js';
import { timeLine, toMarkdown } from './report/table.js';
import { timePerKilobyte, WORST_BAR_MS, worstCases, type Worst } from './report/timing.js';

const DEFAULT_FOLDER = '../shared/corpora';

/** What got worse than the baseline, what misses its bar, what is too slow, and a table that is not up to date. */
function problems(rows: readonly Row[], worst: readonly Worst[], check: string, doc?: string): string[] {
  const baseline = JSON.parse(readFileSync(check, 'utf8')) as Baseline;
  const document = doc === undefined ? undefined : readFileSync(doc, 'utf8');
  const stale = document !== undefined && withTable(document, toMarkdown(rows)) !== document;
  return [
    ...worsened(rows, baseline),
    ...missedBars(rows),
    ...worst
      .filter(({ milliseconds }) => milliseconds > WORST_BAR_MS)
      .map(({ unit, milliseconds }) => `${JSON.stringify(unit)} takes ${milliseconds.toFixed(1)} ms`),
    ...(stale ? [`${String(doc)} shows other figures than these; write it with --write`] : []),
  ];
}

/**
 * `report [folder] [--check baseline.json] [--write baseline.json] [--doc document.md]`: prints the table;
 * `--write` keeps its figures in the baseline and in the document, `--check` compares with both. Returns the
 * exit code: 1 when something is worse than the baseline or its bar, too slow, or not up to date.
 */
export function report(args: readonly string[], print: (text: string) => void): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { check: { type: 'string' }, write: { type: 'string' }, doc: { type: 'string' } },
  });
  const folder = positionals[0] ?? DEFAULT_FOLDER;
  const corpora = readCorpora(folder);
  if (!corpora) {
    print(`Skipped: no screening corpora in ${folder}.`);
    return 0;
  }
  const rows = detectionRows(corpora);
  const worst = worstCases();
  const table = toMarkdown(rows);
  print(`Screening policy ${POLICY_VERSION}: share blocked\n\n${table}\n`);
  print(timeLine(worst, timePerKilobyte(corpora.benign)));
  if (values.write !== undefined) {
    writeFileSync(values.write, `${JSON.stringify(toBaseline(rows), null, 2)}\n`);
    if (values.doc !== undefined)
      writeFileSync(values.doc, withTable(readFileSync(values.doc, 'utf8'), table));
  }
  if (values.check === undefined) return 0;

  const found = problems(rows, worst, values.check, values.doc);
  print(found.length === 0 ? 'No figure got worse.' : `Not as it has to be:\n${found.join('\n')}`);
  return found.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = report(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`));
}
