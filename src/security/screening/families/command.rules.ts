import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { chainedCommand } from './command-chain.js';
import { disguisedWord } from './command-disguise.js';
import { substitutedCommand } from './command-substitution.js';

const OWASP = 'https://owasp.org/www-community/attacks/Command_Injection';
const BYPASS =
  'https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/07-Input_Validation_Testing/12-Testing_for_Command_Injection';

export const COMMAND_RULES: RuleSet = {
  family: 'command',
  rules: [
    {
      id: 'command.chained',
      weight: 5,
      view: 'shell',
      test: chainedCommand,
      why: 'A shell separator, then a command, where no command stood before.',
      source: OWASP,
    },
    {
      id: 'command.encoded-newline',
      weight: 5,
      view: 'raw',
      test: /(?:%0[ad]|\\n|\\r)(?:%20|\+|%09|\s){0,3}(?:(?:%2f|\/)?(?:usr|bin|sbin|etc)(?:%2f|\/)[\w%/]{1,20}|(?:[^\s]{0,6}(?:curl|wget)|id|cat|ls|dir|whoami|uname|ping|type|sleep|ifconfig|netstat)(?:%20|\+|%0|\b))/,
      why: 'An encoded line break, then a command: the next line of a shell script.',
      source: BYPASS,
    },
    {
      id: 'command.substitution',
      weight: 5,
      view: 'shell',
      test: substitutedCommand,
      why: 'A command substitution glued to a value or standing alone.',
      source: OWASP,
    },
    {
      id: 'command.sends-output',
      weight: 5,
      test: /https?:\/\/[^\s"'<>]{0,120}?(?:[\w=/.-]\\?`\\?[a-z]|\$\([a-z])/,
      why: 'An address with the output of a command in it.',
      source: OWASP,
    },
    {
      id: 'command.space-substitute',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /\$\{?ifs\b/,
        /[a-z]\$(?:@|\*|\d)[a-z/]/,
        /[a-z]\$\{[a-z0-9@]{0,6}\}[a-z/]/,
        /\/(?:etc|bin|usr|dev|tmp|var)\$[a-z@*]/,
        /(?:^|[\s;|&(`$<])\{[a-z]{2,10},(?:[-/~$]|\w{1,20}[./])[-/\w.,$]{0,60}\}/,
        /\{,[a-z]{2,12}[,}]/,
        /\b[a-z]{2,6}<>?\/etc\//,
        /%[a-z]{4,14}:~-?\d/,
        /\b[a-z](?:''|""|'[a-z]{1,3}'|"[a-z]{1,3}"|\\)[a-z]{1,6} \//,
        /(?:^|[\s;|&/])~[+-](?:\/|$)/,
        /(?:^|[;|&\n] ?)!(?:-\d{1,2}|!:[\d^$*])(?:$|[\s;:])/,
        /\$\{\w{1,20}:\d{1,2}:\d{1,2}\}[a-z/$]/,
        /\$'(?:\\x?[0-9a-f]{2,3}){2}/,
      ),
      why: 'Shell expansions in place of spaces or inside words, to pass a filter.',
      source: BYPASS,
    },
    {
      id: 'command.glob-path',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /(?:^|[\s;|&`(=<])\/(?:[a-z]{0,8}[?*[\]]{1,3}[a-z?*[\]]{0,8}\/)[\w?*[\]./-]{1,30}/,
        /\/(?:etc|bin|usr|dev|tmp)\/[\w/]{0,20}[?*[][\w?*[\]]{0,10}[a-z?]/,
      ),
      why: 'Wildcards that spell the path of a system file.',
      source: BYPASS,
    },
    {
      id: 'command.disguised-word',
      weight: 5,
      view: 'shell',
      test: disguisedWord,
      why: 'A command or system path that appears only once the shell has removed quotes and escapes.',
      source: BYPASS,
    },
    {
      id: 'command.assembled-name',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /\b\w{1,8}=(?:[\w/-]{1,12}|\$?'[^'\n]{1,40}') ?[;&]{1,2} ?(?:\w{1,8}=[\w/-]{1,12} ?[;&]{1,2} ?){0,4}\$[a-z{]/,
        /\b[a-z]{1,4}`(?:echo|printf) [a-z]{1,8}`/,
        /\$\([^()\n]{0,100}\| ?base64 -{1,2}d/,
        /\bbase64 (?:-d|--decode|-di)\b[^\n]{0,80}\| ?(?:ba)?sh\b/,
        /\| ?base64 (?:-d|--decode)[^\n]{0,20}\| ?(?:ba)?sh\b/,
        /<<< ?['"]?[\w+/=]{8}/,
      ),
      why: 'Puts a command together from variables or an encoding.',
      source: BYPASS,
    },
    {
      id: 'command.shellshock',
      weight: 6,
      test: /\(\) ?\{ ?: ?;? ?\} ?;|\(\) ?\{ ?_; ?\} ?>/,
      why: 'A function definition in a value, followed by commands (CVE-2014-6271).',
      source: 'https://nvd.nist.gov/vuln/detail/CVE-2014-6271',
    },
    {
      id: 'command.walks-to-accounts',
      weight: 5,
      test: /\bcd [\w/.~]{1,20} ?[;&]{1,2} ?(?:cd [\w/.]{1,20} ?[;&]{1,2} ?)?[a-z]{1,12} (?:-\w )?(?:\.?\/)?(?:etc\/)?(?:passwd|shadow)\b/,
      why: 'Changes folder step by step to read the account list without naming its path.',
      source: BYPASS,
    },
    {
      id: 'command.identity-probe',
      weight: 2,
      view: 'shell',
      test: /\b(?:whoami|id|uname -a|ipconfig ?\/all|net (?:user|view|localgroup)|dir|get-(?:childitem|content|process|wmiobject)|os\.system|cat \/etc\/(?:passwd|shadow|issue|group)|type [^\n]{0,40}win\.ini|curl https?:|wget https?:|nslookup \w)(?=["'`);|&\s]|$|\/|\w)/,
      why: 'Asks which user and machine this is, or fetches a program.',
      source: OWASP,
    },
    {
      id: 'command.reads-accounts',
      weight: 5,
      view: 'shell',
      anchored: true,
      test: /["'`<({$[]{0,3}(?:\/bin\/|\/usr\/bin\/)?(?:cat|more|less|head|tail|tac|nl|type|strings) (?:\/etc\/(?:passwd|shadow|master\.passwd|sudoers)|[a-z]:\\[\w\\]{1,30}\.(?:ini|sys|sam)|%\w{2,20}%\\\S{1,60})["'`)}\]]{0,3} ?(?:$|\n|;)/,
      why: 'Reads the account list and nothing else: the standard proof of execution.',
      source: OWASP,
    },
    {
      id: 'command.lists-drive',
      weight: 5,
      anchored: true,
      test: /[^a-z0-9\s]{1,8}[ +]?dir[ +]{1,2}[a-z]:/,
      why: 'Separators of any kind before the listing of a drive.',
      source: OWASP,
    },
    {
      id: 'command.windows-variable-path',
      weight: 3,
      test: anyOf(
        /%(?:systemroot|windir|comspec|programfiles|appdata|temp|userprofile|systemdrive)%/,
        /[a-z]:[\\/](?:windows|winnt|boot\.ini|inetpub)/,
      ),
      why: 'Finds the system folder of Windows through its variables or usual place.',
      source: OWASP,
    },
  ],
};
