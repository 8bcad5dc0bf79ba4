import { POLICY_VERSION, RULE_SETS, THRESHOLDS } from '../../../src/security/screening/policy.js';
import { Screening } from '../../../src/security/screening/screening.service.js';
import { EXAMPLES } from './examples/all.examples.js';

const RULES = RULE_SETS.flatMap((set) => set.rules.map((rule) => ({ ...rule, family: set.family })));
const screening = new Screening();

/** Any quantifier without an upper bound, outside character classes. */
const UNBOUNDED = /(?<![\\(])[*+]|\{\d+,\}/;
const withoutClasses = (source: string): string =>
  source.replace(/\\[\s\S]/g, 'e').replace(/\[[^\]]*\]/g, 'c');

describe('screening rules', () => {
  it('should each have an example of the attack and of a harmless neighbour', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(RULES.map((rule) => rule.id).sort());
  });

  it('should have ids that are unique and begin with the family', () => {
    expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length);
    for (const rule of RULES) expect(rule.id.startsWith(`${rule.family}.`)).toBe(true);
  });

  it('should state a mechanism and a weight that the threshold can be reached with', () => {
    for (const rule of RULES) {
      expect(rule.why).toMatch(/^[A-ZÀ-Ý“"].{10,}\.$/);
      expect(rule.weight).toBeGreaterThan(0);
      expect(rule.weight).toBeLessThanOrEqual(THRESHOLDS[rule.family] + 1);
    }
  });

  it.each(Object.entries(EXAMPLES))('should find %s where its mechanism is', (id, [attack]) => {
    expect(screening.screen(attack).reasons).toContain(id);
  });

  it.each(Object.entries(EXAMPLES))('should not find %s in a harmless neighbour', (id, [, nearMiss]) => {
    const result = screening.screen(nearMiss);
    expect(result.reasons).not.toContain(id);
    expect(result.verdict).toBe('allow');
  });

  it('should block on a rule that is worth its threshold, and name the policy', () => {
    for (const rule of RULES.filter((one) => one.weight >= THRESHOLDS[one.family])) {
      const result = screening.screen(EXAMPLES[rule.id]?.[0] ?? '');
      expect([rule.id, result.verdict]).toEqual([rule.id, 'block']);
      expect(result.policyVersion).toBe(POLICY_VERSION);
    }
  });

  it('should have no quantifier without an upper bound: each place then costs bounded work', () => {
    const patterns = RULES.flatMap((rule) =>
      typeof rule.test === 'function' ? [] : [{ id: rule.id, test: rule.test }],
    );
    const unbounded = patterns.filter(({ test }) => UNBOUNDED.test(withoutClasses(test.source)));
    expect(patterns.length).toBeGreaterThan(100);
    expect(unbounded.map(({ id }) => id)).toEqual([]);
  });
});
