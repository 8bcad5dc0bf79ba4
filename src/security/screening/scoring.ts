import { MessageContext, type Context } from './context.js';
import { normalise, type ViewName, type Views } from './normalise.js';
import { CONTEXT_FACTORS, MENTION_CAP, MENTION_FACTOR, RULE_SETS, THRESHOLDS } from './policy.js';
import type { Family, Match, Rule } from './rule.js';

/** A rule that matched and what its match is worth where it stands. */
export interface Hit {
  readonly rule: Rule;
  readonly family: Family;
  readonly context: Context;
  readonly points: number;
}

const MAX_MATCHES = 6;
const START: readonly number[] = [0];

const PATTERNS = new Map<Rule, RegExp>(
  RULE_SETS.flatMap((set) => set.rules).flatMap((rule) =>
    typeof rule.test === 'function' ? [] : [[rule, withPosition(rule.test, rule.anchored === true)] as const],
  ),
);

/** The same pattern with a position: sticky where it is anchored, searching where it is not. */
function withPosition(pattern: RegExp, anchored: boolean): RegExp {
  return new RegExp(pattern.source, pattern.flags + (anchored ? 'y' : 'g'));
}

/** One form of a message with the parts that are computed once for all rules. */
class Reading {
  private readonly contexts = new Map<ViewName, MessageContext>();

  constructor(readonly views: Views) {}

  context(view: ViewName): MessageContext {
    const known = this.contexts.get(view);
    if (known) return known;
    const made = new MessageContext(this.views[view]);
    this.contexts.set(view, made);
    return made;
  }
}

function matches(rule: Rule, text: string, context: MessageContext, views: Views): Match[] {
  const { test } = rule;
  if (typeof test === 'function') {
    const found = test(text, context, views);
    return found ? [found] : [];
  }
  const pattern = PATTERNS.get(rule);
  const all: Match[] = [];
  if (!pattern) return all;
  for (const start of rule.anchored ? context.segments : START) {
    pattern.lastIndex = start;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      all.push({ start: found.index, end: found.index + found[0].length });
      if (all.length === MAX_MATCHES) return all;
      if (rule.anchored || found[0] === '') break;
    }
  }
  return all;
}

/** The best of a rule's matches: an attack is not excused by an earlier mention of it. */
function strongest(rule: Rule, family: Family, reading: Reading): Hit | undefined {
  const view = rule.view ?? 'text';
  const context = reading.context(view);
  let best: Hit | undefined;
  for (const match of matches(rule, reading.views[view], context, reading.views)) {
    const place = context.at(match.start, match.end);
    const points = rule.weight * CONTEXT_FACTORS[family][place];
    if (!best || points > best.points) best = { rule, family, context: place, points };
    if (best.points === rule.weight) break;
  }
  return best;
}

function hitsIn(reading: Reading): Hit[] {
  const hits: Hit[] = [];
  for (const set of RULE_SETS) {
    if (set.gate && !set.gate.test(reading.views.text) && !set.gate.test(reading.views.raw)) continue;
    for (const rule of set.rules) {
      const hit = strongest(rule, set.family, reading);
      if (hit) hits.push(hit);
    }
  }
  return hits;
}

/** Every rule that matches the message or the text hidden in its encoded parts. Linear in its length. */
export function findHits(message: string): Hit[] {
  const reading = new Reading(normalise(message));
  const hits = hitsIn(reading);
  if (reading.views.hidden === '') return hits;
  const known = new Set(hits.map((hit) => hit.rule.id));
  const hidden = hitsIn(new Reading(normalise(reading.views.hidden)));
  return [...hits, ...hidden.filter((hit) => !known.has(hit.rule.id))];
}

/** Points of each family that scored, as a share of its threshold: 1 or more is an attack. */
export function familyScores(hits: readonly Hit[]): Map<Family, number> {
  const direct = new Map<Family, number>();
  const mentioned = new Map<Family, number>();
  for (const { rule, family, points } of hits) {
    const sums = points <= rule.weight * MENTION_FACTOR ? mentioned : direct;
    sums.set(family, (sums.get(family) ?? 0) + points / THRESHOLDS[family]);
  }
  for (const [family, share] of mentioned) {
    direct.set(family, (direct.get(family) ?? 0) + Math.min(share, MENTION_CAP));
  }
  return direct;
}
