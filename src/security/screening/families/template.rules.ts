import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { withOpening } from './nearby.js';
import { secretRead } from './template-secret.js';

const OWASP =
  'https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/07-Input_Validation_Testing/18-Testing_for_Server-side_Template_Injection';
const RESEARCH = 'https://portswigger.net/research/server-side-template-injection';

export const TEMPLATE_RULES: RuleSet = {
  family: 'template',
  gate: /[{}<#@$*[]|__/,
  rules: [
    {
      id: 'template.arithmetic-probe',
      weight: 5,
      test: /(?:\{\{|[$#@*~%]\{|\{%|<%=?|\[\[|@\(|\{php\}|\{|\$\{\{|<th:|\[=|\[%)[ =('"]{0,4}-?\d{1,9}[ '"]{0,3}[*+/-][ '"]{0,3}\d{1,9}[ ')"]{0,4}(?:\}|%>|%\}|\]|\)|\{\/)/,
      why: 'Asks the template engine to calculate: the answer proves that it runs input.',
      source: OWASP,
    },
    {
      id: 'template.object-climb',
      weight: 5,
      test: anyOf(
        /\.class\.(?:mro|bases?|forname)/,
        /#\{ ?(?:root|global)\.process\b/,
        /\$class\.(?:inspect|type)/,
        /__(?:class|mro|subclasses|globals|builtins|bases?|getattribute|reduce)__/,
        /__[a-z]{2,16}__[\])(.'"]{1,3}[^\s]{0,30}__[a-z]{2,16}__/,
        /(?:\{\{|\{%|[$#]\{)[^\n{}]{0,60}__[a-z]{2,16}__/,
        /\b(?:attr ?\( ?["'[]|\.mro\b|self\.(?:module|template|attr|context)|lipsum ?\.|cycler ?\.|joiner ?\.|namespace ?\. ?__|request ?\. ?(?:application|environ|args|cookies|values|__)|request ?\| ?attr|_self ?\. ?env|config ?\. ?(?:items|from_|class|__)|url_for ?\.|get_flashed_messages ?\.)/,
      ),
      why: 'Climbs from a harmless object to the modules of the interpreter.',
      source: RESEARCH,
    },
    {
      id: 'template.runs-code',
      weight: 5,
      test: withOpening(
        /(?:\{\{|[$#@*~]\{|\{%|<%|<#|#set|\[\[|@\(|\[%|@\{|\{[a-z$][^}]{0,300}$)/,
        /(?:\b(?:system|popen|exec|passthru|shell_exec|eval|import_module|__import__|subprocess|spawn\w{0,4}|execsync|child_process|file_get_contents|file_excerpt|getruntime|processbuilder|forname|getclass|classloader|newinstance|getdeclared\w{4,20}|getmethod\w{0,8}|scriptengine\w{0,8}|getresource|freemarker|objectconstructor|java\.(?:lang|util|io|net|nio)|javax\.|org\.(?:apache|springframework|codehaus)|t ?\(java|new java|require ?\(|global ?\. ?process|process ?\. ?(?:main|env|binding)|mainmodule|constructor ?[.([]|readlines?|io\.popen|open ?\( ?["']\/|read ?\(\)|registerundefined\w{0,20}|dump ?\(|_context|id_rsa|\/etc\/|get_user_file|phpinfo|assert|call_user_func\w{0,8}|array_map|array_filter|usort|var_dump)\b|\|(?:reduce|filter|map|sort|attr|join|format) ?\()/,
        300,
      ),
      why: 'A template expression that reaches a function to run code or read files.',
      source: RESEARCH,
    },
    {
      id: 'template.secret-read',
      weight: 5,
      test: secretRead,
      why: 'A bare expression that prints the configuration or the engine itself.',
      source: OWASP,
    },
    {
      id: 'template.lookup',
      weight: 6,
      test: anyOf(
        /\$\{(?:jndi|\$\{|(?:lower|upper|env|sys|date|main|ctx|java|script|dns|url|base64decoder|file|const|docker|k8s|web|spring|bundle|map|marker|sd|event):[^}\n]{0,80}(?:\}|:|-))/,
        /\bjndi ?:/,
        /%\{ ?(?:#[a-z]|\(#|@[a-z])/,
        /\$\{ ?#(?:context|request|session|this|root|vars|ctx|servlet)/,
        /@\(?system\.[a-z]/,
        /\$\{::-/,
      ),
      why: 'A lookup that a logger or interpolator resolves (CVE-2021-44228, CVE-2022-42889).',
      source: 'https://nvd.nist.gov/vuln/detail/CVE-2021-44228',
    },
    {
      id: 'template.directive',
      weight: 5,
      test: anyOf(
        /#(?:set|foreach|evaluate|macro|parse|include|define) ?\( ?["'$]/,
        /<#(?:assign|include|import|list|global|setting)\b[^\n]{0,200}(?:\?|execute|utility|new ?\(|=)/,
        /\?(?:new|api|interpret|eval) ?\(/,
        /\$\{[^}\n]{0,80}\?(?:new|api)\b/,
        /\{(?:php|literal|fetch|self::|smarty\.|system\(|\$smarty|if (?:system|exec|passthru|phpinfo) ?\(|include file ?= ?["']?[/.])[^\n]{0,80}\}/,
        /\{[a-z_]{3,40}::[a-z_]{2,30} ?\(/,
        /\{% ?print ?\(|\{\{ ?(?:get_env ?\(|__tera_context)/,
        /\{\$\w{1,20}\|(?:system|passthru|exec|shell_exec)\b/,
        /(?:\{\{|\{%|<#) ?(?:include|source|import|file|read|load) ?\(? ?["'](?:\/|\.\.\/|[a-z]:)/,
        /#\{ ?(?:%x|`)/,
        /\{% ?(?:load log|get_admin_log)\b/,
        /\{\{#?(?:with|each|lookup|constructor|range|set_safe|import)\b[^\n]{0,120}(?:constructor|split|push|pop|\.\.|as \|)/,
        /<%@? ?(?:include|import|page)\b/,
        /\{% ?(?:include|extends|import|load|debug|raw|set|for|if)\b[^%\n]{0,160}(?:\/|__|\(|config|system)/,
      ),
      why: 'A directive of a template language that sets variables, loops or loads code.',
      source: RESEARCH,
    },
    {
      id: 'template.server-expression',
      weight: 5,
      test: /<%=?[^%\n]{0,200}(?:`[^`\n]{1,120}`|\bsystem\b|\bfile\.(?:open|read)|\bdir\.(?:entries|glob)|\bio\.popen|\bexec\b|\bopen3|\bkernel\b|\brequire\b|\bresponse\.write|\bruntime\b|\bshell\b|\beval\b|\d ?[*+] ?\d|\bglobal\b|\brender\b|\bcode\.eval|\bself\b)/,
      why: 'A server page tag with code in it.',
      source: RESEARCH,
    },
    {
      id: 'template.polyglot',
      weight: 5,
      test: anyOf(
        /\$\{\{<%/,
        /<%\[%/,
        /\{\{@\(/,
        /\}\}\$\{/,
        /%\{\{/,
        /#\{\{/,
        /\{\{["']?[a-z0-9]{1,8}["']? ?[*] ?["']?[a-z0-9]{1,8}/,
        /\{\{[ ]?["'][^"'\n]{0,20}["']\.(?:join|toupper|constructor|sub|replace|concat|getclass|class|upper|lower)/,
        /\{\{ ?[[(][^\n]{0,80}\|/,
      ),
      why: 'Delimiters of several engines at once, or an expression on a constant, to see which engine answers.',
      source: OWASP,
    },
  ],
};
