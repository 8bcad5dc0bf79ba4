import type { CallRecord } from './call-record.js';
import { FORM, SEED } from './fault-options.js';
import type { FinalRead } from './final-read.js';
import { percentile } from './probe-watch.js';

interface Bar {
  readonly what: string;
  readonly figure: number | undefined;
  readonly most: number;
  readonly unit: string;
}

/** The readable block that a scenario prints: what it did, what was acknowledged, and its figures against the bars. */
export class ScenarioReport {
  private readonly lines: string[] = [];
  private readonly bars: Bar[] = [];

  constructor(private readonly title: string) {}

  did(what: string): this {
    this.lines.push(`  did          ${what}`);
    return this;
  }

  /** Something worth reading that no bar is set for. */
  note(what: string): this {
    this.lines.push(`  note         ${what}`);
    return this;
  }

  calls(records: readonly CallRecord[], phase = ''): this {
    const kinds = new Map<string, CallRecord[]>();
    for (const record of records) {
      const kind = `${record.result} ${record.status ?? record.error ?? ''} ${record.problem ?? ''}`.trim();
      kinds.set(kind, [...(kinds.get(kind) ?? []), record]);
    }
    this.lines.push(`  calls        ${records.length}${phase === '' ? '' : `, started ${phase}`}`);
    for (const [kind, list] of kinds) {
      const durations = list.map(({ durationMs }) => durationMs);
      const [median, longest] = [percentile(durations, 0.5), Math.max(...durations)];
      this.lines.push(
        `               ${String(list.length).padStart(6)} ${kind}: median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`,
      );
    }
    return this;
  }

  /** Where calls were slow before anything failed, the machine is too busy for this load and the bars say nothing. */
  machine(before: readonly CallRecord[]): this {
    const median = percentile(
      before.map(({ durationMs }) => durationMs),
      0.5,
    );
    return this.atMost('median before the fault (else the machine is too busy to judge)', median, 500, ' ms');
  }

  turns({ acknowledged, lost, doubled, untold }: FinalRead): this {
    this.lines.push(
      `  turns        ${acknowledged} acknowledged, ${lost.length} lost, ${doubled.length} doubled (${untold} done without the client hearing of it)`,
      ...[...lost, ...doubled].slice(0, 5).map((key) => `               ${JSON.stringify(key)}`),
    );
    return this.atMost('lost', lost.length, 0, '').atMost('doubled', doubled.length, 0, '');
  }

  /** A bar: undefined as figure means that it was never reached at all. */
  atMost(what: string, figure: number | undefined, most: number, unit: string): this {
    this.bars.push({ what, figure, most, unit });
    return this;
  }

  /** Prints the block, then fails where a bar was missed. */
  conclude(): void {
    const missed = this.bars.filter(({ figure, most }) => figure === undefined || figure > most);
    const text = [
      '',
      `== ${this.title} [${FORM} form, seed ${SEED}]`,
      ...this.lines,
      ...this.bars.map((bar) => `  ${missed.includes(bar) ? 'MISSED' : 'held  '}       ${describeBar(bar)}`),
      '',
    ].join('\n');
    process.stdout.write(`${text}\n`);
    expect(missed.map(describeBar)).toEqual([]);
  }
}

function describeBar({ what, figure, most, unit }: Bar): string {
  const shown = figure === undefined ? 'never' : String(Math.round(figure * 100) / 100);
  return `${what}: ${shown}${figure === undefined ? '' : unit} (bar: at most ${most}${unit})`;
}
