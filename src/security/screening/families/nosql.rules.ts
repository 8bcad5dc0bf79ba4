import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { afterStrayQuote } from './stray-quote.js';

const OWASP =
  'https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/07-Input_Validation_Testing/05.6-Testing_for_NoSQL_Injection';

export const NOSQL_RULES: RuleSet = {
  family: 'nosql',
  gate: /\$(?:n|g|l|e|r|w|o|a|i|t|s|m|f|c)|\} ?, ?\{|delete|csv|match|while|this\.|\|\||&&|;|\bdb\b|return/,
  rules: [
    {
      id: 'nosql.parameter-operator',
      weight: 5,
      test: /[[(.]["']?\$(?:ne|eq|gte?|lte?|n?in|exists|regex|where|or|and|nor|not|type|size|all|mod|elemmatch|options|expr|func)["']?[\])](?: ?=|\]|[a-z0-9"']|$)/,
      why: 'A query operator in a form parameter, which a body parser turns into an object.',
      source: OWASP,
    },
    {
      id: 'nosql.always-true-operator',
      weight: 5,
      test: /["']?\$(?:ne|gte?|n?in|exists|regex|not|nin|lte?|eq|type|size|all)["']? ?: ?(?:["'][^"'\n]{0,40}["']?|-?[01]\b|null|true|false|undefined|nan|\[ ?\]|\[ ?["']|\/[^/\n]{0,20}\/|\{ ?\}|\^|\.\*)/,
      why: 'Compares a field with a value that nearly everything satisfies.',
      source: OWASP,
    },
    {
      id: 'nosql.server-script',
      weight: 5,
      test: /["']?\$(?:where|function|func|accumulator|expr)\b["']? ?(?:[:=,]|\] ?=) ?["'{(]{0,2} ?(?:function|this|return|sleep|\d|true|while|db\.|"|'|\/|\$|[a-z]{1,20} ?\()/,
      why: 'Script that the database evaluates for each document.',
      source: OWASP,
    },
    {
      id: 'nosql.logical-operator',
      weight: 5,
      test: /["'{,\\] ?\\?["']?\$(?:or|and|nor)\\?["']? ?: ?\[ ?(?:\{ ?(?:\}|\\?["']?[\w$.]{0,30}\\?["']? ?: ?\\?(?:\{|["'/]|true|1|null|\d))|\])/,
      why: 'A list of alternatives, one of which is always true.',
      source: OWASP,
    },
    {
      id: 'nosql.script-breakout',
      weight: 5,
      test: afterStrayQuote(
        /[\w@.-]{0,40}["'][ )}\]]{0,4}(?:;|\|\||&&|,|\+)[ (!]{0,4}(?:return\b|this\.|it ?= ?new|var |sleep ?\(|while ?\(|do ?\{|db\.|true\b|function|["']?\d{1,4}["']? ?={2,3}|["'][^"'\n]{0,10}["'] ?={2,3}|["']?\$(?:where|n?or|and|ne|gte?|lte?|comment|regex|in)\b|date ?\()/,
      ),
      why: 'Leaves a string in script that the database runs.',
      source: OWASP,
    },
    {
      id: 'nosql.script-comparison',
      weight: 5,
      test: anyOf(
        /(?:\|\||&&) ?["'(]{0,2}[\w.]{0,30}["']? ?={2,3} ?["']?[\w.]{0,30}["']?(?: ?(?:\/\/|%00|\x00|;|\})|$)/,
        /this\.[a-z_]{2,20} ?(?:\.match ?\(|\[\d|={2,3}|!=|\.length)[^\n]{0,60}(?:\/\/|%00|\x00|\|\||&&|['"};])/,
      ),
      why: 'A script condition on each document that is true, or that leaks a field letter by letter.',
      source: OWASP,
    },
    {
      id: 'nosql.busy-loop',
      weight: 5,
      test: /\bdate ?\( ?\)[^\n]{0,60}\bwhile ?\([^()\n]{1,40}- ?\w{1,20} ?< ?\d{3,7}/,
      why: 'Counts time in a loop, so that the delay tells that script ran.',
      source: OWASP,
    },
    {
      id: 'nosql.query-closed',
      weight: 5,
      test: /\} ?, ?\{ ?["']?\w{1,20}["']? ?: ?(?:\/[^/\n]{1,20}\/|["']?\$)/,
      why: 'Closes the query document it was put in and opens one of its own.',
      source: OWASP,
    },
    {
      id: 'nosql.graph-statement',
      weight: 5,
      test: /\bdetach delete\b|\bload csv (?:with headers )?from ["']https?:|["')][ })]{0,4}(?:or|and) \d{1,4} ?= ?\d{1,4}[^\n]{0,40}\bmatch ?\(/,
      why: 'A statement of the graph language Cypher that deletes, fetches or follows a tautology.',
      source: 'https://neo4j.com/developer/kb/protecting-against-cypher-injection/',
    },
    {
      id: 'nosql.database-call',
      weight: 5,
      test: anyOf(
        /\bdb\.(?:[a-z_]{1,30}\.)?(?:insert|remove|drop\w{0,12}|getcollectionnames|eval|dropdatabase|copydatabase|shutdownserver|injection)\w{0,6} ?\(/,
        /\bfind ?\( ?\{ ?\$/,
        /\bmapreduce ?\(/,
      ),
      why: 'Calls the database from injected script.',
      source: OWASP,
    },
  ],
};
