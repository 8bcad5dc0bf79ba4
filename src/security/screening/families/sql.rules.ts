import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { unionAfterValue } from './sql-union.js';
import { afterStrayQuote } from './stray-quote.js';

const OWASP = 'https://owasp.org/www-community/attacks/SQL_Injection';
const BLIND = 'https://owasp.org/www-community/attacks/Blind_SQL_Injection';

/** Leaving a literal: what makes user input part of a statement. */
export const SQL_RULES: RuleSet = {
  family: 'sql',
  gate: /['"`);]|--|\/\*|\b(?:or|and|xor|having|where|union|select)\b|\|\||&&|#/,
  rules: [
    {
      id: 'sql.quote-boolean',
      weight: 5,
      view: 'sql',
      test: afterStrayQuote(
        /(?:[\w@.<>%*\\&=-]{0,40}(?:["']{1,2}|\\["'])|["'][\w ]{0,40}["']{2})(?!(?:like|where|having|between|regexp|rlike|in|is|not|xor)["']|(?:or|and)["'](?:[\s!?.,;:)/*]|$))[ )]{0,8}(?:(?:or|and|xor|having|where|like|regexp|rlike|between|in(?= ?\()|is(?= (?:not )?null)|not(?= (?:in|like|between|null)))(?![a-z_])|\|\||&&)[ ("'`!~+-]{0,8}/,
        /=|<|>|\blike ?["'(%]|\blike char\b|\bbetween ["'(\d]|\bin ?\(|\bis (?:not )?null\b|\br(?:egexp|like)\b|--|#|\/\*|\(|["']{2} ?(?:[-+=^&*|<>,)]|$|["'\s])|(?:^|\s)(?:not )?null\b/,
      ),
      why: 'A value ends in a stray quote, then a condition follows.',
      source: OWASP,
    },
    {
      id: 'sql.tautology',
      weight: 5,
      view: 'sql',
      test: /(?:\b(?:or|and|xor|having|where not)\b|\|\||&&) ?[(!~ -]{0,8}(?:not )?(?:\d{1,12}|'[^'\n]{0,30}'|"[^"\n]{0,30}")[ )]{0,4}(?:=|<=>|!=|<>|like\b|rlike\b|regexp\b|sounds like\b|is\b)[ (]{0,4}(?:not )?(?:\d{1,12}\b|'[^'\s]{0,30}|"[^"\s]{0,30}|null\b|true\b)/,
      why: 'A condition that compares two constants: no real query needs it, only one that must be always true.',
      source: OWASP,
    },
    {
      id: 'sql.tautology-inequality',
      weight: 5,
      view: 'sql',
      test: /["')\d] ?(?:or|and|\|\||&&) ?[(!~ -]{0,6}(?:\d{1,9}|'[^'\n]{0,20}'|"[^"\n]{0,20}") ?[<>] ?(?:\d{1,9}|'[^'\s]{0,20}|"[^"\s]{0,20}) ?(?:--|#|\/\*|$)/,
      why: 'An always-true inequality that cuts off the rest of the query.',
      source: OWASP,
    },
    {
      id: 'sql.boolean-constant',
      weight: 5,
      view: 'sql',
      test: afterStrayQuote(
        anyOf(
          /[\w@.-]{0,40} ?(?:["']|\))[ )]{0,6}(?:or|and) ?\(? ?(?:true|false|not false|\d{1,8}|'[^'\n]{0,20}'|"[^"\n]{0,20}")[ )]{0,4}(?:--|#|\/\*|;|$)/,
          /[\w@.-]{0,40}[ )]{0,6}\b(?:or|and) ?\(? ?(?:true|false|not false|\d{1,8}|'[^'\n]{0,20}'|"[^"\n]{0,20}")[ )]{0,4}(?:--|#|\/\*)/,
        ),
      ),
      why: 'A constant condition that ends the query.',
      source: OWASP,
    },
    {
      id: 'sql.comment-truncation',
      weight: 5,
      view: 'sql',
      test: afterStrayQuote(
        /[\w@.<>%*=-]{0,40}(?:["']|\\["'])[ )]{0,8};?(?:\/\*|--[ +'"-]?(?:[ \n]|$)|--[+&]|#[ \n]?$|;? ?%00|\x00)/,
      ),
      why: 'A stray quote, then a comment that hides the rest of the query.',
      source: OWASP,
    },
    {
      id: 'sql.stacked-statement',
      weight: 5,
      view: 'sql',
      anchored: true,
      test: anyOf(
        /[\w@.<>%*-]{0,40}["'`]?[ )]{0,8}; ?(?:drop (?:table|database|view|user|index|schema|function|column)|insert into|update \w{1,40} set|delete from|alter (?:table|user|database|login)|create (?:table|user|function|database|login|or)|truncate table|declare @|waitfor (?:delay|time)|backup database|exec(?:ute)? ?[("'\w]|merge into|copy [\w(]{1,30} (?:from|to) |shutdown\b)/,
        /[\w@.<>%*-]{0,40}["'`]?[ )]{0,8}; ?(?:if ?\( ?\(?(?:select|\d|ascii|ord|substr|mid|len|exists|user|system_user|is_srvrolemember|@@)|select (?:@@|\d{1,9} ?(?:$|[,;#]|--|from|union|where)|\* ?(?:from|,|$)|\w{1,30} ?\(|[\w, ]{1,60} from \w{1,30} where))/,
        /[\w@.<>%*-]{0,40}["'`][ )]{0,8}; ?(?:drop|insert|update|delete|alter|create|truncate|grant|revoke|set|begin|copy|call|select)\b/,
      ),
      why: 'Ends the statement and begins another one.',
      source: OWASP,
    },
    {
      id: 'sql.union-select',
      weight: 5,
      view: 'sql',
      test: /\bunion\b[ (+]{0,3}(?:all|distinct|distinctrow)?[ (+]{0,4}select\b[ (+]{0,3}(?:all |distinct |top \d )?(?:null\b|[\d'"@(]|char ?\(|chr ?\(|concat|load_file|sleep|user\b|version|database|\*|group_concat|table_name|column_name|unhex|cast ?\(|convert ?\(|if ?\(|[\w.]{1,30} ?, ?(?:null|\d)|[\w.|, ]{1,60} from (?:information_schema|mysql|sys|dual|all_|user|admin|pg_))/,
      why: 'Appends rows of its own; constants fill the columns of a query it does not know.',
      source: OWASP,
    },
    {
      id: 'sql.union-after-break',
      weight: 5,
      view: 'sql',
      test: unionAfterValue,
      why: 'A value runs straight into UNION SELECT.',
      source: OWASP,
    },
    {
      id: 'sql.quote-concatenation',
      weight: 5,
      view: 'sql',
      test: anyOf(
        /["'`][ )]{0,8}(?:\|\||\+|\*|\^|%|xor|-)[ (]{0,6}(?:\(select\b ?[^)\s]|select (?:[\d*@'(]|[\w.]{1,30} ?[(,]|[\w.]{1,30} from )|if ?\([^)\n]{0,60}[=<>(,]|pg_sleep ?\(|sleep ?\( ?\d|benchmark ?\(|utl_|dbms_|extractvalue|case when|char ?\(|chr ?\(|concat|ascii ?\(|(?:version|user|database|schema) ?\( ?\)|@@)/,
        /["'`][ )]{0,8}, ?(?:\({1,4} ?select\b ?[^)\s]|if ?\([^)\n]{0,60}[=<>(,]|pg_sleep ?\(|sleep ?\( ?\d|benchmark ?\(|utl_|dbms_|extractvalue ?\(|@@)/,
      ),
      why: 'Joins a subquery or database function to the literal it left.',
      source: OWASP,
    },
    {
      id: 'sql.quote-subselect',
      weight: 5,
      view: 'sql',
      test: /["')\d][ )]{0,8}(?:or|and|xor|\|\||&&|,|=|<|>|in|where|having|div|mod|%|\^|\*)[ !~-]{0,4}(?:\d{1,9} ?(?:=|<|>|in) ?)? ?\({1,6} ?select\b ?[^)\s]/,
      why: 'A condition that asks a subquery, the question of blind injection.',
      source: BLIND,
    },
    {
      id: 'sql.quote-operator',
      weight: 5,
      view: 'sql',
      test: afterStrayQuote(
        /[\w@.-]{0,20}["'] ?(?:=|\^|&|\*|(?<= )like(?= )|[-+*^&=] ?\d?(?:\|\||--\+?)) ?["']{0,2} ?(?:--|#|$)/,
      ),
      why: 'Operators between two stray quotes turn a comparison of text into arithmetic that is true.',
      source: OWASP,
    },
    {
      id: 'sql.identity',
      weight: 5,
      view: 'sql',
      test: /\b(?:or|and) ([a-z_]{1,12}) ?= ?\1(?: ?(?:--|#|$)|\b ?["')])/,
      why: 'Compares a column with itself.',
      source: OWASP,
    },
    {
      id: 'sql.json-comparison',
      weight: 5,
      view: 'sql',
      test: /'[{[][^'\n]{0,120}[}\]]' ?(?:::jsonb? ?)?(?:@>|<@|\?[|&]?|->>?|#>>?|#-|[<>=]|@\?|\|\|) ?(?:'|array|\d|\()/,
      why: 'A constant JSON comparison: a tautology that filters of classic operators overlook.',
      source: 'https://claroty.com/team82/research/js-on-security-off-abusing-json-based-sql-to-bypass-waf',
    },
    {
      id: 'sql.versioned-comment',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /\/\*!\d{4}/,
        /\bsleep ?\( ?\d{1,3} ?\)\/\*/,
        /\{ ?(?:if|fn) (?:length|user|now|sleep|concat|database|ascii|substring|select|char|version|ifnull|curdate) ?\(/,
        /\bun(?:i|io)?\/\*[^*\n]{0,20}\*\/i?o?n\b/,
        /\bse(?:l|le|lec)?\/\*[^*\n]{0,20}\*\/l?e?c?t\b/,
        /\/\*! ?(?:union|select|from|and|or|all|where)\b/,
        /\b(?:union|select|or|and)(?:\/\*[^*\n]{0,40}\*\/){1,4}(?:all|select|\d|'|\()/,
      ),
      why: 'Comments in place of spaces, or comments that MySQL runs.',
      source: 'https://owasp.org/www-community/attacks/SQL_Injection_Bypassing_WAF',
    },
  ],
};
