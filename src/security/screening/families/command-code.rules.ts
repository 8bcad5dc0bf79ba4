import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';

const INJECTION = 'https://owasp.org/www-community/attacks/Code_Injection';

/** Commands given through something other than a shell: source text, directives, protocols. */
export const COMMAND_CODE_RULES: RuleSet = {
  family: 'command',
  rules: [
    {
      id: 'command.mail-protocol',
      weight: 5,
      view: 'raw',
      test: /(?:\r?\n|%0d%0a|%0a|\\r\\n)(?:mail from: ?<|rcpt to: ?<|(?:ehlo|helo) [\w-]{1,40}\.[\w.-]{2,40}|auth (?:plain|login|cram-md5|digest-md5|ntlm|external)\b|(?:vrfy|expn|etrn) \S|(?:noop|rset|starttls|uidl|capa)(?:\r|\n|%0|\\|$)|(?:a\d{1,4}|[a-z]\d{2,4}) (?:login|authenticate|select|fetch|list|lsub|delete|create|rename|logout|status|store|search|examine|capability|noop|expunge|append|copy|subscribe|uid)\b|(?:retr|dele|top) \d{1,4}(?: \d{1,4})?(?:\r|%0|\\|$)|data(?:\r?\n|%0d%0a)(?:from|subject|to):)/,
      why: 'A line break, then a command of SMTP, IMAP or POP3 (CWE-93).',
      source:
        'https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/07-Input_Validation_Testing/10-Testing_for_IMAP_SMTP_Injection',
    },
    {
      id: 'command.database-shell',
      weight: 5,
      test: /(?:^|[;\n'"] ?)\.(?:system|shell|import|output|once|load|read|dump|excel) (?:[a-z|/'"])/,
      why: 'A dot command of the SQLite shell, which runs programs.',
      source: 'https://gtfobins.github.io/gtfobins/sqlite3/',
    },
    {
      id: 'command.powershell',
      weight: 3,
      test: /\b(?:invoke-(?:expression|webrequest|command|restmethod|mimikatz)|iex ?\(|iwr |downloadstring|downloadfile|start-process|frombase64string)\b/,
      why: 'Fetches or evaluates script in PowerShell.',
      source: 'https://attack.mitre.org/techniques/T1059/001/',
    },
    {
      id: 'command.runtime-call',
      weight: 5,
      anchored: true,
      test: /["');]{0,3} ?(?:require ?\( ?["'](?:child_process|fs|os|net|http)["'] ?\) ?\.|(?:res\.end|console\.log|response\.write|eval) ?\( ?(?:require ?\(|process\.(?:env|mainmodule|binding|cwd)|global\.|__import__)|import os ?[;\n] ?os ?\.|__import__ ?\(|(?:java\.lang\.)?runtime\.getruntime ?\(|process\.(?:mainmodule|binding)\b|os\.(?:system|popen) ?\( ?["'])/,
      why: 'A statement that reaches the system, with no program around it.',
      source: INJECTION,
    },
    {
      id: 'command.string-splice',
      weight: 5,
      test: anyOf(
        /["'] ?\. ?@?(?:print|system|exec|phpinfo|md5|sleep|passthru|shell_exec|file_get_contents|eval|printf|print_r|var_dump) ?\(/,
        /[;.] ?(?:exit|die|print|printf|var_dump|print_r) ?\( ?(?:md5|phpversion|php_uname|base64_\w{6}|["'$])[^\n]{0,60}\) ?;? ?(?:\/\/|#)/,
        /\$\{ ?@/,
        /\{\$\{/,
        /\$\{ ?(?:phpinfo|system|print|exec|passthru|eval) ?\(/,
      ),
      why: 'Splices a function call into a string of the server’s source.',
      source: INJECTION,
    },
    {
      id: 'command.system-call',
      weight: 5,
      anchored: true,
      test: anyOf(
        /(?:[\w)\]}.=-]{0,20}["'`;(@|&]{1,3} ?)?(?:echo |print |return )?@?(?:kernel\.|os\.|subprocess\.)?(?:system|passthru|shell_exec|proc_open|popen|pcntl_exec|exec|eval|assert|spawn|phpinfo|file_get_contents|readfile) ?\( ?(?:["'$`]|base64_decode|gzinflate|chr ?\(|\) ?;?)(?:$|[^\n]{0,10}\b(?:id|cat|ls|dir|pwd|whoami|uname|ping|curl|wget|nc|sleep|type|echo|touch|puts|_get|_post|_request|base64|phpinfo|\/etc|\/bin)\b|[^\n]{0,10}\/)/,
        /(?:[\w)\]}.=-]{0,20}["'`;(@|&]{1,3} ?)?(?:echo |print |return )?@?(?:kernel\.|os\.|subprocess\.)?(?:system|passthru|shell_exec|proc_open|popen|pcntl_exec|exec|eval|assert|spawn|phpinfo|file_get_contents|readfile) ?["'`](?:id|cat|ls|dir|pwd|whoami|uname|ping|curl|wget|nc|sleep|type|echo|touch|puts|_get|_post|_request|base64|phpinfo|\/etc|\/bin)\b[ "'`;]/,
      ),
      why: 'A call of a scripting language that runs a command.',
      source: INJECTION,
    },
    {
      id: 'command.script-literal',
      weight: 5,
      test: anyOf(
        /@\{ ?\[ ?(?:system|`|exec)/,
        /%x ?[({[] ?["']?[a-z/]/,
        /\bkernel\.(?:exec|system|exit|spawn|fork|open) ?[("']/,
      ),
      why: 'A command literal or call of Ruby or Perl.',
      source: INJECTION,
    },
    {
      id: 'command.php-source',
      weight: 5,
      test: anyOf(
        /<\?(?:php|=) ?(?:`|phpinfo|sleep|print|md5|die|system|echo|eval|@|\$_|exec|passthru|include)/,
        /\$_(?:get|post|request|cookie|server) ?[[{]/,
      ),
      why: 'PHP source with its opening tag, or a read of request variables.',
      source: INJECTION,
    },
    {
      id: 'command.formula',
      weight: 5,
      test: /[=+@-](?:[a-z]{1,10}\([^()\n]{0,20}\)[*+-])?(?:cmd|powershell|mshta|rundll32|msexcel) ?\| ?['"]/,
      why: 'A spreadsheet formula that starts a program (DDE).',
      source: 'https://owasp.org/www-community/attacks/CSV_Injection',
    },
    {
      id: 'command.edge-include',
      weight: 5,
      test: anyOf(
        /<esi:(?:include|vars|inline|debug|assign|eval)\b/,
        /\bsystem-property ?\( ?["']xs[lt]:|<xsl:(?:value-of|variable|copy-of|import|include)\b[^<>]{0,80}(?:document ?\(|unparsed-text|php:function)/,
      ),
      why: 'A directive that a cache or style sheet processor in front of the page carries out.',
      source: 'https://www.gosecure.net/blog/2018/04/03/beyond-xss-edge-side-include-injection/',
    },
    {
      id: 'command.server-side-include',
      weight: 6,
      test: /<!-{0,2} ?# ?(?:exec|include|echo|config|printenv|set|fsize)\b/,
      why: 'A server-side include directive.',
      source: 'https://owasp.org/www-community/attacks/Server-Side_Includes_(SSI)_Injection',
    },
  ],
};
