import type { Match, Predicate } from '../rule.js';

const MAX_LOOKS = 64;
const SEPARATOR = /[\s:,"'*_-]{1,3}/y;
const ANY_WORD = /[^\s.!?;:,"'*_-][^\s.!?;:]{0,23}/y;

/** Compiled once for all rules that share a group of words: as one pattern each, they would be large. */
const compiled = new Map<string, RegExp>();

function compile(source: string, flags: string): RegExp {
  const key = `${flags}:${source}`;
  const known = compiled.get(key) ?? new RegExp(source, flags);
  compiled.set(key, known);
  return known;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Where the parts from `index` on end if they follow `at`, each after at most `gap` other words; else -1. */
function follow(text: string, at: number, parts: readonly RegExp[], index: number, gap: number): number {
  const part = parts[index];
  if (!part) return at;
  let place = endOf(SEPARATOR, text, at);
  for (let skipped = 0; place >= 0 && skipped <= gap; skipped += 1) {
    const end = endOf(part, text, place);
    const last = end < 0 ? -1 : follow(text, end, parts, index + 1, gap);
    if (last >= 0) return last;
    const word = endOf(ANY_WORD, text, place);
    place = word < 0 ? -1 : endOf(SEPARATOR, text, word);
  }
  return -1;
}

/** A test for word groups (pattern source) in this order, with at most `gap` other words between two. */
export function phrase(gap: number, first: string, ...rest: readonly string[]): Predicate {
  const opening = compile(`\\b${first}\\b`, 'g');
  const parts = rest.map((source) => compile(`${source}\\b`, 'y'));
  return (text): Match | undefined => {
    let looks = 0;
    for (const found of text.matchAll(opening)) {
      const end = follow(text, found.index + found[0].length, parts, 0, gap);
      if (end >= 0) return { start: found.index, end };
      looks += 1;
      if (looks === MAX_LOOKS) return undefined;
    }
    return undefined;
  };
}

/** A test that holds where any of the given ones does. */
export function firstOf(...tests: readonly Predicate[]): Predicate {
  return (text, context, views) => {
    for (const test of tests) {
      const match = test(text, context, views);
      if (match) return match;
    }
    return undefined;
  };
}
