import type { MessageContext } from './context.js';
import type { ViewName, Views } from './normalise.js';

export type Family = 'xss' | 'sql' | 'command' | 'path' | 'template' | 'nosql' | 'ldap' | 'prompt';

/** Offsets of a match in the view the rule looks at. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** A function where a pattern cannot say it; it must be linear and must not throw. */
export type Predicate = (view: string, context: MessageContext, views: Views) => Match | undefined;

/** One mechanism of attack. */
export interface Rule {
  /** Stable name, `family.mechanism`; it appears in results and logs. */
  readonly id: string;
  /** How much of the family's threshold the mechanism is worth by itself. */
  readonly weight: number;
  /** The form of the message it reads; `text` unless told. */
  readonly view?: ViewName;
  /** Only where a payload may begin; the pattern is then sticky. */
  readonly anchored?: boolean;
  readonly test: RegExp | Predicate;
  /** The mechanism in one line. */
  readonly why: string;
  /** Where the mechanism is described. */
  readonly source?: string;
}

/** Rules of one family behind a cheap first look: without a hit of `gate` none of them can match. */
export interface RuleSet {
  readonly family: Family;
  readonly gate?: RegExp;
  readonly rules: readonly Rule[];
}
