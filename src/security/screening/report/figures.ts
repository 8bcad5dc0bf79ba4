import { familyScores, findHits } from '../scoring.js';
import type { Corpora, Half, Sample } from './corpora.js';

/** How many of how many were blocked. */
export interface Count {
  readonly blocked: number;
  readonly of: number;
}

export type Part = Half | 'all';

/** One row of the report: the same count over both parts of the corpus. */
export interface Row {
  readonly name: string;
  /** Whether more is better, as for attacks, or worse, as for harmless messages. */
  readonly want: 'more' | 'fewer';
  readonly counts: Readonly<Record<Part, Count>>;
}

const OPENERS = ['smalltalk', 'support', 'general'];
const LONGEST_OPENER = 120;

/** Attacks whose tier is a complete attack on its face; they carry the bars. */
const COMPLETE = /\/(?:core|explicit)$/;

function isBlocked(text: string): boolean {
  return Math.max(0, ...familyScores(findHits(text)).values()) >= 1;
}

function count(samples: readonly Sample[], text: (sample: Sample, index: number) => string): Row['counts'] {
  const totals = {
    develop: { blocked: 0, of: 0 },
    'held-out': { blocked: 0, of: 0 },
    all: { blocked: 0, of: 0 },
  };
  samples.forEach((sample, index) => {
    const blocked = isBlocked(text(sample, index)) ? 1 : 0;
    for (const part of [sample.half, 'all'] as const) {
      totals[part].blocked += blocked;
      totals[part].of += 1;
    }
  });
  return totals;
}

const alone = (sample: Sample): string => sample.text;

function byGroup(samples: readonly Sample[], prefix: string, want: Row['want']): Row[] {
  const groups = [...new Set(samples.map((sample) => sample.group))].sort();
  return groups.map((group) => ({
    name: `${prefix} ${group}`,
    want,
    counts: count(
      samples.filter((sample) => sample.group === group),
      alone,
    ),
  }));
}

/** Real sentences of harmless messages, to put in front of attacks. */
function openers(benign: readonly Sample[]): string[] {
  const sentences = benign
    .filter(
      ({ group, text }) => OPENERS.includes(group) && text.length <= LONGEST_OPENER && !text.includes('\n'),
    )
    .map(({ text }) => text.trim());
  return sentences.length > 0 ? sentences : ['Hello there, how are you today?'];
}

/** Every figure about detection: recall alone and in prose by class and tier, then harmless messages flagged. */
export function detectionRows(corpora: Corpora): Row[] {
  const sentences = openers(corpora.benign);
  const opener = (index: number): string => sentences[index % sentences.length] ?? '';
  const forms: [string, (sample: Sample, index: number) => string][] = [
    ['alone', alone],
    ['after a sentence', ({ text }, index) => `${opener(index)} ${text}`],
    ['after a full stop', ({ text }, index) => `${opener(index).replace(/[.?!]*$/, '.')} ${text}`],
    ['on the next line', ({ text }, index) => `${opener(index)}\n${text}`],
    [
      'before a sentence',
      ({ text }, index) => `${opener(index).replace(/[.?!]*$/, '.')} ${text} Thanks a lot.`,
    ],
  ];
  const complete = (samples: readonly Sample[]): Sample[] =>
    samples.filter(({ group }) => COMPLETE.test(group));
  const summary = (name: string, samples: readonly Sample[]): Row[] =>
    forms.map(([form, text]) => ({ name: `${name}, ${form}`, want: 'more', counts: count(samples, text) }));
  const harmless = { name: 'harmless, all', want: 'fewer' as const, counts: count(corpora.benign, alone) };
  return [
    ...summary('web core', complete(corpora.web)),
    ...summary('prompt explicit', complete(corpora.prompt)),
    ...byGroup(corpora.web, 'web', 'more'),
    ...byGroup(corpora.prompt, 'prompt', 'more'),
    harmless,
    ...byGroup(corpora.benign, 'harmless', 'fewer'),
  ];
}
