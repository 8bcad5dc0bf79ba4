import fc from 'fast-check';
import { RULE_SETS, THRESHOLDS } from '../../../src/security/screening/policy.js';
import { Screening } from '../../../src/security/screening/screening.service.js';
import { EXAMPLES } from './examples/all.examples.js';
import { NAMES, PUNCTUATION, WORDS } from './examples/harmless-words.js';

const screening = new Screening();
const isBlocked = (text: string): boolean => screening.screen(text).verdict === 'block';

/** Examples that are an attack by themselves, with the rule they show. */
const ATTACKS = RULE_SETS.flatMap(({ family, rules }) =>
  rules
    .filter((rule) => rule.weight >= THRESHOLDS[family])
    .map((rule) => ({ id: rule.id, attack: EXAMPLES[rule.id]?.[0] ?? '', raw: rule.view === 'raw' })),
);
/** A rule about an encoding cannot survive another encoding of the same text. */
const DECODED = ATTACKS.filter(({ raw, id }) => !raw && !id.startsWith('prompt.encoded'));

/** The same cases in every run: a failure is never the luck of one. */
const RUNS = { seed: 20_261_124, numRuns: 3000 };

const inEntities = (text: string): string =>
  Array.from(text, (letter) => `&#${String(letter.codePointAt(0))};`).join('');
const inMarks = ([word, marks]: [string, string]): string => `${marks.charAt(0)}${word}${marks.charAt(1)}`;
const inList = (names: string[]): string => names.join(' | ');
const inPercent = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('screening, for any message', () => {
  const token = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.nat(9999).map(String) },
  );
  const marked = fc.oneof(
    { weight: 8, arbitrary: token },
    { weight: 1, arbitrary: fc.tuple(token, fc.constantFrom('""', "''", '()', '**')).map(inMarks) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 4 }).map(inList) },
  );
  const piece = fc.tuple(marked, fc.constantFrom(...PUNCTUATION)).map((parts) => parts.join(''));

  it('should let sentences of ordinary and technical words pass', () => {
    const sentence = fc.array(piece, { minLength: 1, maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(sentence, (text) => {
        expect({ text, verdict: screening.screen(text).verdict }).toEqual({ text, verdict: 'allow' });
      }),
      RUNS,
    );
  });

  it('should have a finite score and never throw', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 });
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      units.map((codes) => String.fromCharCode(...codes)),
      fc
        .array(
          fc.constantFrom(
            ...Array.from('\'"`<>(){}[]$&|;%#\\/*=-+.:?!@^~_ \n\ta1x'),
            '%2e',
            '&#',
            '\\u00',
            '/*',
            '--',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const { score, verdict, reasons } = screening.screen(text);
        expect(Number.isFinite(score) && score >= 0).toBe(true);
        expect(verdict).toBe(score >= 1 ? 'block' : 'allow');
        expect(Array.isArray(reasons)).toBe(true);
      }),
      RUNS,
    );
  });

  it('should judge an attack the same with white space around it', () => {
    const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '\u00a0'), maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...ATTACKS), space, space, ({ attack, id }, before, after) => {
        expect([id, isBlocked(before + attack + after)]).toEqual([id, true]);
      }),
      RUNS,
    );
  });

  it('should judge an attack the same when it is encoded once or twice', () => {
    const encodings = [inEntities, inPercent, (text: string) => text.toUpperCase()];
    const chain = fc.array(fc.constantFrom(...encodings), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...DECODED), chain, ({ attack, id }, encode) => {
        const encoded = encode.reduce((text, step) => step(text), attack);
        expect([id, encoded, isBlocked(encoded)]).toEqual([id, encoded, true]);
      }),
      RUNS,
    );
  });

  it('should judge an attack the same when some of its letters are encoded', () => {
    const mask = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...DECODED), mask, fc.boolean(), ({ attack, id }, some, percent) => {
        const encode = percent ? inPercent : inEntities;
        const mixed = Array.from(attack, (letter, at) =>
          /[a-z]/i.test(letter) && some[at % some.length] ? encode(letter) : letter,
        ).join('');
        expect([id, mixed, isBlocked(mixed)]).toEqual([id, mixed, true]);
      }),
      RUNS,
    );
  });
});
