import type { Context } from './context.js';
import { COMMAND_CODE_RULES } from './families/command-code.rules.js';
import { COMMAND_TOOL_RULES } from './families/command-tools.rules.js';
import { COMMAND_RULES } from './families/command.rules.js';
import { LDAP_RULES } from './families/ldap.rules.js';
import { NOSQL_RULES } from './families/nosql.rules.js';
import { PATH_RULES } from './families/path.rules.js';
import { PROMPT_ENCODED_RULES } from './families/prompt-encoded.rules.js';
import { PROMPT_EXTRACTION_RULES } from './families/prompt-extraction.rules.js';
import { PROMPT_INJECTED_RULES } from './families/prompt-injected.rules.js';
import { PROMPT_JAILBREAK_RULES } from './families/prompt-jailbreak.rules.js';
import { PROMPT_OVERRIDE_RULES } from './families/prompt-override.rules.js';
import { SQL_RULES } from './families/sql.rules.js';
import { SQL_PROBE_RULES } from './families/sql-probe.rules.js';
import { TEMPLATE_RULES } from './families/template.rules.js';
import { XSS_ENCODED_RULES } from './families/xss-encoded.rules.js';
import { XSS_RULES } from './families/xss.rules.js';
import { XSS_SCRIPT_RULES } from './families/xss-script.rules.js';
import type { Family, RuleSet } from './rule.js';

/** Changes whenever a rule, weight, factor or threshold does; stored results stay explainable. */
export const POLICY_VERSION = '2026-11.2';

export const RULE_SETS: readonly RuleSet[] = [
  XSS_RULES,
  XSS_ENCODED_RULES,
  XSS_SCRIPT_RULES,
  SQL_RULES,
  SQL_PROBE_RULES,
  COMMAND_RULES,
  COMMAND_TOOL_RULES,
  COMMAND_CODE_RULES,
  PATH_RULES,
  TEMPLATE_RULES,
  NOSQL_RULES,
  LDAP_RULES,
  PROMPT_OVERRIDE_RULES,
  PROMPT_INJECTED_RULES,
  PROMPT_EXTRACTION_RULES,
  PROMPT_JAILBREAK_RULES,
  PROMPT_ENCODED_RULES,
];

/** Points at which a family's findings are an attack. */
export const THRESHOLDS: Readonly<Record<Family, number>> = {
  xss: 5,
  sql: 5,
  command: 5,
  path: 5,
  template: 5,
  nosql: 5,
  ldap: 5,
  prompt: 5,
};

/** Matches whose factor is this or less are mentions: however many rules they match, they share one cap. */
export const MENTION_FACTOR = 0.5;
export const MENTION_CAP = 0.6;

type Factors = Readonly<Record<Context, number>>;

/** A payload that is quoted, shown as code or asked about is talk about an attack. */
const PAYLOAD: Factors = {
  bare: 1,
  'after-prose': 1,
  quoted: 0.5,
  code: 0.4,
  question: 0.4,
  request: 0.4,
};

/** An instruction works on a model wherever it stands, so only asking about it excuses it; a request does not. */
const INSTRUCTION: Factors = {
  bare: 1,
  'after-prose': 1,
  quoted: 0.8,
  code: 1,
  question: 0.5,
  request: 1,
};

export const CONTEXT_FACTORS: Readonly<Record<Family, Factors>> = {
  xss: PAYLOAD,
  sql: PAYLOAD,
  command: PAYLOAD,
  path: PAYLOAD,
  template: PAYLOAD,
  nosql: PAYLOAD,
  ldap: PAYLOAD,
  prompt: INSTRUCTION,
};
