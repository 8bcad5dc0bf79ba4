import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of a corpus. `group` is what its figures are counted under. */
export interface Sample {
  readonly id: string;
  readonly group: string;
  readonly text: string;
  /** Develop: rules may be written after looking at it. Held out: never looked at. */
  readonly half: Half;
}

export type Half = 'develop' | 'held-out';

export interface Corpora {
  readonly web: readonly Sample[];
  readonly prompt: readonly Sample[];
  readonly benign: readonly Sample[];
}

const FILES = {
  web: 'attacks-web.jsonl',
  prompt: 'attacks-prompt.jsonl',
  benign: 'benign-chat.jsonl',
} as const;

/** Of 256 hash values, how many belong to the develop part: 85 %. Changing it voids the held-out figures. */
const DEVELOP_SHARE = 218;

/** A line's part depends on its id alone, so that it never moves when the corpus grows. */
export function halfOf(id: string): Half {
  return (createHash('sha256').update(id).digest()[0] ?? 0) < DEVELOP_SHARE ? 'develop' : 'held-out';
}

function isLine(value: unknown): value is { id: string; class: string; text: string; tier?: string } {
  return typeof value === 'object' && value !== null && 'id' in value && 'class' in value && 'text' in value;
}

function readLines(file: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const value: unknown = line.trim() === '' ? undefined : JSON.parse(line);
    if (!isLine(value)) continue;
    const group = value.tier === undefined ? value.class : `${value.class}/${value.tier}`;
    samples.push({ id: value.id, group, text: value.text, half: halfOf(value.id) });
  }
  return samples;
}

/** The corpora of a folder; undefined when a file of them is missing. */
export function readCorpora(folder: string): Corpora | undefined {
  if (!Object.values(FILES).every((file) => existsSync(join(folder, file)))) return undefined;
  return {
    web: readLines(join(folder, FILES.web)),
    prompt: readLines(join(folder, FILES.prompt)),
    benign: readLines(join(folder, FILES.benign)),
  };
}
