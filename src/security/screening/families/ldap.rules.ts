import { anyOf } from './pattern.js';
import { fullFilter, knownAttribute } from './ldap-filter.js';
import type { RuleSet } from '../rule.js';

const OWASP = 'https://owasp.org/www-community/attacks/LDAP_Injection';

export const LDAP_RULES: RuleSet = {
  family: 'ldap',
  gate: /[()]/,
  rules: [
    {
      id: 'ldap.filter-breakout',
      weight: 5,
      anchored: true,
      test: /[^()\s]{0,60}\){1,4} ?\({1,3} ?(?:[|&!] ?\(?|[\w.;-]{1,40}(?::[\w.]{1,40}:?)? ?(?:=|~=|>=|<=|:=)|$)/,
      why: 'A value closes the filter it was put in and opens a condition of its own.',
      source: OWASP,
    },
    {
      id: 'ldap.known-attribute',
      weight: 5,
      test: knownAttribute,
      why: 'Closes a filter, then tests an attribute of the directory.',
      source: OWASP,
    },
    {
      id: 'ldap.wildcard-breakout',
      weight: 5,
      test: anyOf(
        /\*(?:\){1,4} ?\({1,2}[|&!]|\({1,2}[|&]\(?)[^\s]{0,40}/,
        /\*\){1,3}(?:\x00|%00|\\00)/,
        /\*\){2}\(/,
        /\*\(\) ?[|&]/,
        /\*\) ?[|&]\(/,
        /[|&]\([\w.]{1,30}=\*\)/,
      ),
      why: 'A wildcard, then an operator of the filter language: any entry matches.',
      source: OWASP,
    },
    {
      id: 'ldap.null-terminated',
      weight: 5,
      view: 'raw',
      test: /[)=*]\){1,4}(?:\x00|%00|\\00|\\x00)/,
      why: 'A null byte ends the filter early.',
      source: OWASP,
    },
    {
      id: 'ldap.full-filter',
      weight: 5,
      test: fullFilter,
      why: 'A whole filter in a place for a value.',
      source: OWASP,
    },
    {
      id: 'ldap.xpath-breakout',
      weight: 5,
      test: anyOf(
        /["'\]] ?(?:(?:or|and|\|) ?(?:name ?\(|count ?\(|string-length ?\(|substring ?\(|position ?\(|contains ?\(|starts-with ?\()|(?:(?:or|and) (?=\/)|\| ?(?=\/)|(?:or|and)(?=\/\/))\/{1,2}(?:\*|[a-z]))/,
        /["'] ?\] ?(?:\||\/{1,2}) ?(?:\/|\*|[a-z])/,
        /\bcount ?\( ?\//,
        /\b(?:parent|child|self|descendant)::(?:\*|node|text|[a-z])/,
      ),
      why: 'The same break-out in XPath, the query language of XML user stores.',
      source: 'https://owasp.org/www-community/attacks/XPATH_Injection',
    },
  ],
};
