import { anyOf } from './pattern.js';
import type { MessageContext } from '../context.js';
import type { Match, RuleSet } from '../rule.js';

const OWASP = 'https://owasp.org/www-community/attacks/Path_Traversal';

/** Files that prove a traversal or are worth one, after any path. */
const TARGET =
  '(?:etc[/\\\\]{1,4}(?:passwd|shadow|group|hosts|issue|motd|fstab|hostname|my\\.cnf|apache|httpd|nginx|ssh|ssl|php|crontab|sudoers|init)|proc[/\\\\]{1,4}(?:self|version|cmdline|mounts|\\d)|boot\\.ini|win\\.ini|system\\.ini|winnt|windows[/\\\\]|system32|web\\.config|web-inf|meta-inf|\\.ht(?:access|passwd)|\\.ssh|\\.env\\b|\\.git|\\.aws|id_rsa|httpd?\\.conf|php\\.ini|access[._]log|error[._]log|wp-config|var[/\\\\]{1,4}(?:log|www|lib|run)|usr[/\\\\]{1,4}local|inetpub|autoexec|config\\.(?:php|inc|sys|xml|ya?ml|json)|sam\\b)';

const TARGET_PATTERN = new RegExp(TARGET);
const CLIMB = /\.{2,4}[^a-z0-9]|(?:\.[/\\]{1,3}){3}/;

/** Looked for word by word, since a search for both at once is quadratic in dots. */
function climbToTarget(text: string): Match | undefined {
  for (const word of text.matchAll(/[^\s"'()]{4,2000}/g)) {
    const climb = word[0].search(CLIMB);
    if (climb >= 0 && TARGET_PATTERN.test(word[0].slice(climb))) {
      return { start: word.index, end: word.index + word[0].length };
    }
  }
  return undefined;
}

const ACCOUNTS_OR_BOOT_FILE =
  /["'=<]{0,2}(?:[a-z]:|\/%00)?(?:[/\\]{1,6}|\/(?:\.{1,2}\/){1,8})(?:etc[/\\](?:\.?[/\\]){0,4}(?:passwd|shadow|sudoers|master\.passwd)|proc[/\\]self[/\\](?:environ|cmdline|fd|maps)(?:[/\\]\d{1,3})?|boot\.ini|(?:windows|winnt)[/\\](?:win\.ini|system32[/\\](?:config[/\\]\w{2,8}|drivers[/\\]etc[/\\]\w{2,8}))|web-inf[/\\]web\.xml|root[/\\]\.ssh[/\\]\w{4,12})(?:[/\\]\.){0,9}["'>]{0,2} ?(?:$|\n|\x00)/y;

/** The path and nothing else; `it is in /etc/passwd` speaks of it. */
function bareTarget(text: string, context: MessageContext): Match | undefined {
  for (const start of context.segments) {
    ACCOUNTS_OR_BOOT_FILE.lastIndex = start;
    if (ACCOUNTS_OR_BOOT_FILE.test(text) && !context.isSpokenOf(start))
      return { start, end: ACCOUNTS_OR_BOOT_FILE.lastIndex || start };
  }
  return undefined;
}

export const PATH_RULES: RuleSet = {
  family: 'path',
  gate: /\.\.|%|[/\\]|\.ht|:\/\//,
  rules: [
    {
      id: 'path.traversal-to-target',
      weight: 5,
      test: climbToTarget,
      why: 'Climbs out of a folder and names a system file.',
      source: OWASP,
    },
    {
      id: 'path.deep-traversal',
      weight: 5,
      test: /(?:\.{2,4}[^a-z0-9\s"'().|]{1,4}|\.{2}0x[25][fc]){5}/,
      why: 'Climbs five or more levels: more than a project has, enough to reach the root.',
      source: OWASP,
    },
    {
      id: 'path.rooted-traversal',
      weight: 5,
      test: anyOf(
        /(?:^|[\s=:"'(])(?:[a-z]:|file:)?[/\\]{1,3}(?:[\w.-]{1,20}[/\\]{1,2}){0,4}(?:\.{2}[/\\;]{1,3}){2}/,
        /(?:^|\s)(?:\.{2}[/\\]{1,2}){3,30}(?:\s|$)/,
        /(?:\.{2}[/\\]{1,2}){2,3}[^\s"']{0,60}(?:\x00|%00|;|\?|\||#)/,
        /(?:^|[\s"'=/])\.\.;\/[\w.]/,
      ),
      why: 'An absolute path that climbs, or a climb cut off by a null or parameter mark.',
      source: OWASP,
    },
    {
      id: 'path.encoded-traversal',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /(?:%(?:25){0,3}2e|\.|%u002e|%uff0e|%c0%ae|0x2e|&#46;|．){2}(?:%(?:25){0,3}(?:2f|5c)|%u(?:2215|2216|002f|005c|ff0f|ff3c)|%c0%af|%ef%bc%8f|0x(?:2f|5c)|&#(?:47|92);|／|＼)/,
        /(?:%(?:25){0,3}2e|%u002e|%uff0e|%c0%ae|0x2e){2}[/\\]/,
        /(?:%(?:25){0,2}2e\.|\.%(?:25){0,2}2e)[/\\]/,
        /%(?:25){0,2}2e%(?:25){0,2}[2-7][0-9a-f]%/,
        // The same step twice, whatever the bytes between its dots and for its slash.
        /((?=\S{0,40}(?:%|0x))(?:\.|%2e|0x2e|%u[0-9a-f]{4}|%0[01]|\?){2,5}(?:%[0-9a-z%]{2,7}|0x[25][fc]|[/\\]{1,3}))\1/,
      ),
      why: 'Dots or slashes of a climb are encoded; a real link does not need that.',
      source: 'https://cwe.mitre.org/data/definitions/22.html',
    },
    {
      id: 'path.overlong-encoding',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /%(?:25){0,3}c[01]%(?:25){0,3}[0-9a-z]{2}/,
        /%(?:25){0,3}(?:e0|f0|f8|fc|fe)%(?:25){0,3}8[0-9a-f]/,
        /(?:%%[0-9a-f]{2}){3}/,
        /%%3[0-9]%[0-9]{2}/,
      ),
      why: 'Byte sequences that are not valid UTF-8 but that careless decoders read as dots or slashes.',
      source: 'https://capec.mitre.org/data/definitions/80.html',
    },
    {
      id: 'path.encoded-dot-file',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /%2e%(?:68%74|67%69%74|65%6e%76|73%73%68|73%76%6e)/,
        /%2e(?:ht(?:access|passwd)|git|env|ssh)/,
        /(?:^|\s)%2f(?:etc|var|proc|usr|home|root|windows)(?:%2f|\/)/,
      ),
      why: 'The name of a hidden or system file, encoded.',
      source: OWASP,
    },
    {
      id: 'path.null-byte',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /[\w.)/\\](?:%00|\\x00|\\0|\x00)(?:\.[a-z]{2,5}|["']|\s|$|%)/,
        /[\w.]::\$(?:data|index_allocation)\b/,
      ),
      why: 'A null byte that cuts off the extension the server adds.',
      source: 'https://cwe.mitre.org/data/definitions/158.html',
    },
    {
      id: 'path.wrapper-scheme',
      weight: 5,
      test: anyOf(
        /\b(?:php:\/\/(?:filter|input|fd|memory|temp|stdin)|expect:\/\/|zip:\/\/|phar:\/\/|glob:\/\/|zlib:|compress\.(?:zlib|bzip2):|gopher:\/\/|ssh2\.\w{3,8}:\/\/|rar:\/\/|ogg:\/\/|dict:\/\/|netdoc:\/|jar:(?:http|file))/,
        /\bfile:\/{1,4}(?:localhost\/)?(?:(?:etc|proc|windows|var|root)\b|[a-z]:[/\\])/,
        /(?:^|[\s"'=])\\\\[\w.-]{1,40}\\[a-z]\$/,
        /\b(?:169\.254\.169\.254|metadata\.google\.internal|100\.100\.100\.200)\/(?:latest|computemetadata|metadata|openstack)/,
      ),
      why: 'An address scheme that makes the server read a local file or stream.',
      source:
        'https://owasp.org/www-project-web-security-testing-guide/v42/4-Web_Application_Security_Testing/07-Input_Validation_Testing/11.1-Testing_for_Local_File_Inclusion',
    },
    {
      id: 'path.bare-target',
      weight: 5,
      test: bareTarget,
      why: 'The message is nothing but the path of the account list or boot file.',
      source: OWASP,
    },
  ],
};
