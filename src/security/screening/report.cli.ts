import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { POLICY_VERSION } from './policy.js';
import { toBaseline, worsened, type Baseline } from './report/baseline.js';
import { readCorpora } from './report/corpora.js';
import { detectionRows } from './report/figures.js';
import { toMarkdown } from './report/table.js';
import { timePerKilobyte, WORST_BAR_MS, worstCases } from './report/timing.js';

const DEFAULT_FOLDER = '../shared/corpora';

/**
 * `report [folder] [--check baseline.json] [--write baseline.json]`: prints the table; with `--check`,
 * also what got worse. Returns the exit code: 1 when a figure got worse or a message took too long.
 */
export function report(args: readonly string[], print: (text: string) => void): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { check: { type: 'string' }, write: { type: 'string' } },
  });
  const folder = positionals[0] ?? DEFAULT_FOLDER;
  const corpora = readCorpora(folder);
  if (!corpora) {
    print(`Skipped: no screening corpora in ${folder}.`);
    return 0;
  }
  const rows = detectionRows(corpora);
  const worst = worstCases();
  print(toMarkdown(rows, worst, timePerKilobyte(corpora.benign), POLICY_VERSION));
  if (values.write !== undefined)
    writeFileSync(values.write, `${JSON.stringify(toBaseline(rows), null, 2)}\n`);
  if (values.check === undefined) return 0;

  const baseline = JSON.parse(readFileSync(values.check, 'utf8')) as Baseline;
  const slow = worst.filter(({ milliseconds }) => milliseconds > WORST_BAR_MS);
  const problems = [
    ...worsened(rows, baseline),
    ...slow.map(({ unit, milliseconds }) => `${JSON.stringify(unit)} takes ${milliseconds.toFixed(1)} ms`),
  ];
  print(problems.length === 0 ? 'No figure got worse.' : `Worse than the baseline:\n${problems.join('\n')}`);
  return problems.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = report(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`));
}
