import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';

const OWASP = 'https://owasp.org/www-community/attacks/Command_Injection';

/** Programs that run other programs, connect shells or fetch code: an attack without any separator. */
export const COMMAND_TOOL_RULES: RuleSet = {
  family: 'command',
  rules: [
    {
      id: 'command.reverse-shell',
      weight: 5,
      test: anyOf(
        /\/dev\/(?:tcp|udp)\/[\w.$-]/,
        /\bnc(?:at)?\b[^\n]{0,40} -[a-z]{0,4}[ec]\b/,
        /\b(?:ba|z|k)?sh -i\b/,
        /\bmkfifo \/tmp/,
        /0<&\d/,
        />& ?\/dev/,
        /\bsocat [^\n]{0,60}exec:/,
        /new-object (?:system\.)?net\.(?:sockets|webclient)/,
        /-[cer] ["'](?:import [a-z, ]{0,30}|use |require ?["(]?)(?:socket|pty|subprocess|os)\b/,
        /\bfsockopen ?\( ?["']|-rsocket -e/,
      ),
      why: 'Connects a shell to another host.',
      source: 'https://attack.mitre.org/techniques/T1059/',
    },
    {
      id: 'command.interpreter-argument',
      weight: 3,
      view: 'shell',
      test: /\b(?:(?:ba|z|k|c|tc|da|a)?sh\S{0,6} -c|(?:cmd(?:\.exe)?|%comspec%|forfiles [^\n]{0,60}) ?\/[ck]|powershell(?:\.exe)? [^\n]{0,30}-(?:e|enc|encodedcommand|nop|c|command)\b|(?:perl|ruby|node|php\d?|lua) -[er]|python[23]?(?:\.\d{1,2})? -c)\b/,
      why: 'Hands a command line to an interpreter.',
      source: OWASP,
    },
    {
      id: 'command.editor-escape',
      weight: 5,
      test: anyOf(
        /\b(?:vim?|ed|less|more|man|gdb|ftp|mysql|psql|nmap|awk) [^\n]{0,40}?(?:["':]\\?![a-z/]|\\!|-ex ?['"\\]{0,2}!|--interactive|begin ?\{ ?system)/,
        /-exec (?:\/bin\/)?(?:ba|z|da)?sh ?\\?;/,
        /--checkpoint-action ?= ?exec|-o ?proxycommand ?= ?["']?[\w/;]|--(?:upload|receive)-pack ?= ?["']?[\w/;]|--use-compress-program ?= ?["']?[\w/;]/,
      ),
      why: 'A program’s own way out to a shell.',
      source: 'https://gtfobins.github.io/',
    },
    {
      id: 'command.built-in-tool',
      weight: 5,
      test: anyOf(
        /\bcertutil\b[^\n]{0,40}-(?:urlcache|decode|encode)\b/,
        /\bbitsadmin\b[^\n]{0,40}\/transfer\b/,
        /\b(?:mshta|regsvr32|rundll32)(?:\.exe)? [^\n]{0,60}(?:https?:|javascript:|vbscript:|\/i:)/,
        /\bpowershell(?:\.exe)? [^\n]{0,40}-e\w{0,14} [a-z0-9+/=]{8}/,
        /\bnet1? (?:user|localgroup) [\w"-]{1,30}(?: \S{1,30})? \/(?:add|del)/,
        /\b(?:perl|python[23]?|ruby) -[ec] ["']print ["'(]{1,2}\w["']\)? ?[x*] ?\d{3}/,
      ),
      why: 'A tool every system has, used to fetch, decode or run something or to add an account.',
      source: 'https://lolbas-project.github.io/',
    },
    {
      id: 'command.exhaustion',
      weight: 5,
      test: /([:\w]{1,8}) ?\( ?\) ?\{ ?\1(?: ?\( ?\))? ?\| ?\1/,
      why: 'A function that pipes into itself until the machine has no processes left.',
      source: 'https://capec.mitre.org/data/definitions/130.html',
    },
    {
      id: 'command.runner-prefix',
      weight: 5,
      view: 'shell',
      anchored: true,
      test: /["'`;|&!]{0,2} ?(?:(?:sudo|doas)(?= (?:id|whoami)(?:$|\n))|time|nice(?: -n ?-?\d{1,2})?|env(?: \w{1,20}=\S{0,20}){0,3}|timeout \d{1,4}|nohup|setsid|strace|ltrace|busybox|taskset \w{1,4}|stdbuf \S{1,8}|command|builtin|exec|!) ?(?:\/(?:usr\/)?bin\/)?(?:(?:id|whoami|uname|ls|ifconfig)(?: ?(?:$|[;|&\n"'`])| [-/~])|(?:cat|nc|sh|bash|wget|curl) (?:-|[/~.][\w/.~]|https?:))[^\n]{0,60}(?:$|\n)/,
      why: 'Runs a probe through another program, so that its name does not stand first.',
      source: 'https://gtfobins.github.io/',
    },
    {
      id: 'command.interpreter-path',
      weight: 5,
      anchored: true,
      test: anyOf(
        /[\w.=-]{0,20}["'`;|&(]{0,2} ?\/(?:usr\/)?(?:local\/)?bin\/(?:perl|python[23]?|ruby|php|node|lua|(?:ba|z|k|c|da)?sh) -[a-z]{0,3}[cer] /,
        /\/(?:usr\/)?(?:local\/)?s?bin\/[a-z]{2,12}(?: -\w{1,6})? ?\|["']? ?$/,
        /\/(?:usr\/)?s?bin\/[a-z]{2,8}(?:%20|\+)[-/]/,
      ),
      why: 'A program by its full path with its code on the command line, or with a pipe behind it.',
      source: OWASP,
    },
  ],
};
