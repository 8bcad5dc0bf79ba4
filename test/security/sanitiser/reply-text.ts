import fc from 'fast-check';
import { dangerousText } from './dangerous-text.js';

const CODE_LINES = [
  ...[
    '<div class="a">',
    '<script>alert(1)</script>',
    'const a: vector<int> = b;',
    'if (a < b) { [x](javascript:y) }',
  ],
  ...['', '    indented', '# a', '- b', '> c', '`d`', '<!-- e', '~~', '[f]: g', '| h |', '-->'],
];
/** Marks at which structures begin and end, in the places where renderers are known to differ. */
const EDGES = [
  ...[
    '```',
    '~~~',
    '````',
    '```html',
    '~~~ `x`',
    '``` <b>',
    '   ```',
    '  ~~~',
    '    ```',
    '```\t',
    '``` ',
    '- ```',
    '> ```',
  ],
  ...[
    '- a',
    '- `<b>`',
    '1. x',
    '1) `<i>` y',
    '  - `<u>`',
    '    - `<s>`',
    '> `<b>`',
    '* * *',
    '---',
    '===',
    '|-|',
    ':-',
  ],
  ...[
    '[a]:',
    '[a]: b "',
    '[a]: b',
    '"c"',
    '[`]: x',
    '[^`]: x',
    '[^a]:',
    '[^`] `<b>`',
    '[a `][b] `<i>`',
    '[b]: x',
    '|a|`<b>`|',
  ],
  ...[
    '<?',
    'a <?',
    '`<?',
    '> x ?>',
    '<!',
    '<int>',
    '</int>',
    '<pre>',
    '<!--',
    '<script>',
    '<b>```',
    'x<y',
    '`a<b',
    '`',
    '``',
    '~a `~ <b>`',
    '*a `*<b>`',
  ],
  ...[
    '](',
    ']:',
    '](data:',
    'javascript:x)',
    '"x")',
    '\\`<b>`',
    '<b>    <i>`<u>`',
    '<b>  - x',
    'www.a.b/`<b>`',
    'a@b.cd`<b>`',
    '`<b>` www.a.b',
    '`<b>`@x.yz',
    'a `<b>` [x](y) `<i>`',
    '- x `<b>`\n- y',
  ],
  ...[
    '',
    '',
    '',
    '',
    'plain words',
    '**bold** `<b>`',
    '  ',
    '\t',
    '\t`<b>`',
    '      `<b>`',
    '<svg>',
    '</svg>',
    '</script>',
    '-->',
  ],
];

const edge = fc.constantFrom(...EDGES);
const fencedCode = fc
  .tuple(
    fc.constantFrom('```', '~~~', '````', '```html'),
    fc.array(fc.constantFrom(...CODE_LINES), { maxLength: 5 }),
  )
  .map(([mark, lines]) => [mark, ...lines, mark.replace(/[a-z]+/, '')].join('\n'));
const lineEnd = fc.constantFrom('\n', '\n', '\n\n', '\n\n', '\r\n', '\r');

/** Replies of many blocks, whose borders are where a stream may go wrong. */
export const dangerousReply: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: edge },
        { weight: 2, arbitrary: fencedCode },
        { weight: 1, arbitrary: dangerousText },
      ),
      lineEnd,
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => parts.flat().join(''));

const SENTENCES = [
  ...[
    'A list is an ordered collection.',
    'If a < b, then b > a, and x <= 3.',
    'Use a vector<int> or a Map<string, number>.',
  ],
  ...[
    'The `<div>` element is a block.',
    '**`<script>`** runs code; see [the docs](https://a.b/c?d=e&f).',
    'He said "I <3 you" & left (really).',
  ],
  ...[
    'שלום עולם 😀',
    'Call `f(a[0])`, not `g<T>(x)`.',
    'See <https://example.org/a> or www.example.org.',
    'Note: a_b and *c* and 2 ~ 3.',
  ],
];
const CODE = [
  ...[
    '<div class="a">',
    '  <script>alert(1)</script>',
    'const a = b < c && d > e;',
    '',
    '# comment',
    'links[0](data: x)',
  ],
  ...['<!-- note -->', '- item', 'echo `date`', 'std::vector<int> v;'],
];
const sentence = fc.constantFrom(...SENTENCES);
const codeBlock = (indent: string) =>
  fc
    .tuple(
      fc.constantFrom('```', '```html', '~~~', '```ts'),
      fc.array(fc.constantFrom(...CODE), { maxLength: 6 }),
    )
    .map(([mark, lines]) =>
      [mark, ...lines, mark.replace(/[a-z]+/, '')]
        .map((line) => (line === '' ? '' : indent + line))
        .join('\n'),
    );
const list = fc
  .tuple(
    fc.constantFrom('- ', '* ', '1. '),
    fc.array(fc.tuple(sentence, fc.boolean()), { minLength: 1, maxLength: 5 }),
  )
  .map(([mark, items]) =>
    items.map(([text, isNested]) => (isNested ? `   ${mark}${text}` : mark + text)).join('\n'),
  );
const listWithCode = codeBlock('   ').map((code) => `1. Do this:\n\n${code}\n\n2. Then that.`);
const table = fc
  .array(fc.constantFrom('| `<b>` | bold |', '| a | `x` |', '| Map<K, V> | map |'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rows) => `| a | b |\n|---|---|\n${rows.join('\n')}`);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 4 }).map((sentences) => sentences.join(' '));
const heading = sentence.map((text) => `## ${text}`);
const quote = paragraph.map((text) => `> ${text}`);

/** What models write when nobody means any harm: nothing of it is live HTML. */
export const benignReply: fc.Arbitrary<string> = fc
  .array(fc.oneof(paragraph, paragraph, codeBlock(''), list, listWithCode, table, heading, quote), {
    maxLength: 8,
  })
  .map((blocks) => `${blocks.join('\n\n')}\n`);
