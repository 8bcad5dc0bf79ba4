import { COMMAND_EXAMPLES } from './command.examples.js';
import type { Examples } from './example.js';
import { LDAP_EXAMPLES, NOSQL_EXAMPLES, PATH_EXAMPLES, TEMPLATE_EXAMPLES } from './path.examples.js';
import { PROMPT_EXAMPLES } from './prompt.examples.js';
import { SQL_EXAMPLES } from './sql.examples.js';
import { XSS_EXAMPLES } from './xss.examples.js';

/** One attack and one harmless neighbour for every rule. */
export const EXAMPLES: Examples = {
  ...XSS_EXAMPLES,
  ...SQL_EXAMPLES,
  ...COMMAND_EXAMPLES,
  ...PATH_EXAMPLES,
  ...TEMPLATE_EXAMPLES,
  ...NOSQL_EXAMPLES,
  ...LDAP_EXAMPLES,
  ...PROMPT_EXAMPLES,
};
