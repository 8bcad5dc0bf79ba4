import fc from 'fast-check';

const TAGS = [
  ...[
    '<script>',
    '</script>',
    '<style>',
    '</style>',
    '<b>',
    '</b>',
    '<p>',
    '<img src=x onerror=alert(1)>',
    '<svg>',
  ],
  ...[
    '</svg>',
    '<math>',
    '<mglyph>',
    '<a href="javascript:alert(1)">',
    '<y onclick=alert(1)>',
    '<iframe>',
    '<title>',
  ],
  ...[
    '<textarea>',
    '</textarea>',
    '<template>',
    '<form action=javascript:x>',
    '<input autofocus onfocus=x>',
    '<base>',
  ],
  ...[
    '<image src=data:x>',
    '<plaintext>',
    '<noscript>',
    '<select>',
    '<x style="a:b">',
    '<svg/onload=alert(1)>',
    '<li>',
  ],
  ...[
    '<table>',
    '<details open ontoggle=x>',
    '<my-tag>',
    '<pre>',
    '<code>',
    '</code>',
    '<link rel=import>',
    '<BODY>',
  ],
];
const HARMLESS_TAGS = [
  '<int>',
  '</int>',
  '<y>',
  '<stdio.h>',
  '<public address X>',
  '<y z>',
  '<g>',
  '<unknown>',
  '<3',
];
const HALVES = [
  ...[
    '<',
    '</',
    '<!',
    '<?',
    '<!--',
    '-->',
    '--!>',
    '<![CDATA[',
    ']]>',
    '?>',
    '<scr',
    'ipt>',
    '<script',
    '<img',
    '<b',
  ],
  ...[
    ' src=x',
    ' onerror=alert(1)',
    ' onclick=alert(1)',
    ' href="javascript:x"',
    '="',
    "='",
    '"',
    "'",
    '>',
    '/>',
    '/',
  ],
  ...[
    '<y',
    '<y ',
    '<y a="',
    ' x=y',
    '=',
    '<!-->',
    '<!DOCTYPE a>',
    '<?php x?>',
    '<https://x.y/onclick=alert(1)>',
    '<script.x>',
    '</script#y>',
  ],
];
const LINKS = [
  ...[
    '](javascript:alert(1))',
    '[a](javascript:x)',
    '[a](JaVa&#115;cript&colon;x)',
    '[a](<java',
    '[a]',
    '[a]:',
    '](',
    ']:',
  ],
  ...[
    '[a]: javascript:x',
    '[a]:\n javascript:x',
    '[a]: <data:text/html,x>',
    '<javascript:alert(1)>',
    '![a](data:x)',
    '(',
    ')',
  ],
  ...[
    'javascript:',
    'data:',
    'java\tscript:',
    'javascript\\:',
    '&#x6a;avascript:',
    '&Tab;',
    '&NewLine;',
    '[^a]:',
    '[^a]',
  ],
  ...[
    'http://a.b/',
    'www.a.b',
    'a@b.cd',
    '<http://a.b>',
    '"t"',
    '![',
    '[',
    ']',
    '\\',
    '[x][a]',
    '<data:text/html,x>',
    'vbscript:x',
  ],
];
const CODE = [
  ...[
    '`',
    '``',
    '```',
    '\n```\n',
    '\n~~~\n',
    '~~~',
    '`<b>`',
    '`<script>`',
    '\n    <b>',
    '\n\n    <b>x</b>',
    '`[a](javascript:x)`',
  ],
  ...['\n\n\t<script>x</script>\n', '\n```html\n<img src=x onerror=y>\n```\n', '`` <i>` ``', '\\`', '`[a]:`'],
];
const BLOCKS = [
  ...[
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '\n> ',
    '> ',
    '\n- ',
    '- ',
    '\n1. ',
    '  ',
    '    ',
    '\t',
    '\n|a|b|\n|-|-|\n|',
    '|',
    '\n|-|\n',
  ],
  ...[
    '# ',
    '\n---\n',
    '\n===\n',
    '*',
    '**',
    '_',
    '~~',
    '- [ ] ',
    '\n<int>\n',
    '\n</int>\n',
    '\n<y>\n\n',
    '\u00a0',
    '\f',
    '\u000b',
  ],
];
const OTHERS = [
  ...[
    '&lt;script&gt;',
    '&#60;b&#62;',
    '&lt;',
    '&amp;',
    '&',
    '\u0000',
    '\u202e',
    '\ufeff',
    '\ud800',
    '\udc00',
    '\u0085',
    '\u007f',
  ],
  ...['a', 'x<y', 'vector<int>', 'if a<b && c>d', 'שלום', '😀', 'A', ' ', '\u2028', 'b', 'script', 'K', '0'],
];
const FRAGMENTS = [TAGS, HARMLESS_TAGS, HALVES, LINKS, CODE, BLOCKS, BLOCKS, OTHERS];

const fragment = fc.oneof(
  ...FRAGMENTS.map((fragments) => fc.constantFrom(...fragments)),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

/** A mistake in a text: some characters gone, or repeated somewhere else. */
const mistake = fc.record({ at: fc.nat(200), length: fc.nat(6), to: fc.nat(200), isCopy: fc.boolean() });

/** Texts put together from what is dangerous in HTML and Markdown, with mistakes in them. */
export const dangerousText: fc.Arbitrary<string> = fc
  .tuple(fc.array(fragment, { minLength: 1, maxLength: 14 }), fc.array(mistake, { maxLength: 2 }))
  .map(([fragments, mistakes]) =>
    mistakes.reduce((text, { at, length, to, isCopy }) => {
      const part = text.slice(at, at + length);
      const rest = isCopy ? text : text.slice(0, at) + text.slice(at + length);
      return rest.slice(0, to) + part + rest.slice(to);
    }, fragments.join('')),
  );

/** Texts without any tag: what people write, with the signs that Markdown and HTML use. */
export const plainText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...BLOCKS.filter((block) => !/<[a-z/]/.test(block)),
        ...CODE.filter((code) => !code.includes('<')),
      ),
      fc.constantFrom(
        '< b',
        'a <',
        '<3',
        '&lt;b&gt;',
        '[a](https://x.y)',
        '[a]: /b',
        '& ',
        'data: x',
        '](',
        'x > y',
        '<= 3',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));
