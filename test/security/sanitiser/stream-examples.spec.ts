import { Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';
import { piecesOf, streamed } from './streamed.js';

const sanitiser = new Sanitiser();

/** What each push gave, and at last what the end gave. */
async function shownFor(pieces: readonly string[]): Promise<string[]> {
  const stream = sanitiser.stream();
  const shown: string[] = [];
  for (const piece of pieces) shown.push(await stream.push(piece));
  return [...shown, await stream.end()];
}

/** The most characters that were held back after any push, one character at a time. */
async function mostHeld(text: string): Promise<number> {
  const stream = sanitiser.stream();
  let shown = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    shown += (await stream.push(text.charAt(at))).length;
    most = Math.max(most, at + 1 - shown);
  }
  return most;
}

const grown = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length));

describe('sanitised stream, by example', () => {
  it.each<[string, string[], string[]]>([
    ['prose', ['Hel', 'lo, ', 'you.'], ['Hel', 'lo, ', 'you.', '']],
    ['a sign at the end', ['a <', ' b'], ['a ', '< b', '']],
    ['half a character', ['a\ud83d', '\ude00'], ['a', '😀', '']],
    ['half a character at the end', ['a\ud83d'], ['a', '']],
    ['a byte order mark inside', ['\ufeffa', '\ufeffb'], ['a', '\ufeffb', '']],
    ['a type', ['vector<', 'int', '> v;'], ['vector', '', '<int> v;', '']],
    ['a link', ['[a](htt', 'ps://x.y)'], ['[a', '](https://x.y)', '']],
    ['an autolink', ['<https://', 'x.y> '], ['', '<https://x.y> ', '']],
    ['inline code', ['use `<d', 'iv>` or', ' `<p>`: both'], ['use `', '<div>` or', ' `<p>`: both', '']],
    ['a live tag, until the paragraph ends', ['a <b>b', '</b>\n', '\nc'], ['a ', '', 'b\n\nc', '']],
    ['an unsafe link', ['[a](java', 'script:x) b\n', '\n', 'c'], ['[a', '', '', '](#) b\n\nc', '']],
    ['script over empty lines', ['a<script>x\n\n', 'y</script>b\n\nc'], ['a', 'b\n\nc', '']],
    ['code', ['```ht', 'ml\n<b', '>\n`', '``\n<b', '>\n'], ['```ht', 'ml\n<b', '>\n', '```\n', '', '\n']],
    ['code that ends the text', ['```\n<b', '>'], ['```\n<b', '>', '']],
    ['a tab after code', ['```\n<b>\n```\t\n<i>x'], ['```\n<b>\n```\n', 'x']],
    ['code after prose', ['x <b>y</b>:\n```\n<i>\n'], ['x y:\n```\n<i>\n', '']],
    ['no code in a comment', ['<!--\n```\n<b>\n```\n--> a\n\nb'], [' a\n\nb', '']],
    ['items of a list', ['- [x](y) `<b>` z\n', '- c'], ['- [x](y) `', '<b>` z\n- c', '']],
  ])('should let go of %s in time', async (_what, pieces, shown) => {
    expect(await shownFor(pieces)).toEqual(shown);
  });

  it.each([
    ['a tag that another one hid', 'a <<b>img src=x onerror=y> b\n\nc', 'a  b\n\nc'],
    ['a destination that ends after an empty line', '[a](data:\n\n"b")', '[a] (data:\n\n"b")'],
    ['half a tag before code', 'a <y\n```\nb="c">\n```\n', 'a < y\n```\nb="c">\n```\n'],
    ['an instruction that code would end', '`<?\n```\n<b>\n```\n`\n> a', '`< ?\n```\n<b>\n```\n`\n> a'],
    ['an instruction that is not closed', '<?a\n\n`<b>`', '< ?a\n\n`<b>`'],
    ['a tag over the border of two blocks', '<svg>a\n\n</svg><int>', 'a\n\n<int>'],
    ['code where a label may yet be defined', '[^`] <b>`\n\n[^`]: x', '[^`] < b>`\n\n[^`]: x'],
    ['code in a title', '[a]: b "\n\n`<b>`\n\n"', '[a]: b "\n\n``\n\n"'],
    ['code in a table of one renderer', '```a|b\n|-|-|\n<b>\n```', '```a|b\n|-|-|\n\n```'],
  ])('should give clean text for %s', async (_what, text, clean) => {
    for (const length of [1, 3, text.length]) {
      expect(await streamed(sanitiser.stream(), piecesOf(text, [length]))).toBe(clean);
    }
    expect(await sanitiser.sanitise(clean)).toBe(clean);
  });

  it('should hold back no more of prose than a sign, a link or the start of an item', async () => {
    const prose =
      '# A title\n\nIf a < b, it is **so** & that. "Well", he said: see [docs](https://x.y/z).\n\n- one\n- two\n\n1. *a*\n2. b 😀\n';
    expect(await mostHeld(prose)).toBeLessThanOrEqual(12);
  });

  it('should hold back nothing of fenced code but what may be its last line', async () => {
    const code = '```html\n<div class="a">\n  <script>x</script>\n\n``\n</div>\n';
    expect(await mostHeld(code)).toBeLessThanOrEqual(2);
  });

  it('should hold back no more than a code span in calm prose and lists', async () => {
    const list = '- **`<div>`**: a block\n- `<span>`: not one\n\nThe `<p>` element.\n';
    expect(await mostHeld(list)).toBeLessThanOrEqual(7);
  });

  it.each([
    ['markup that goes on', 'a <b>b</b> c '],
    ['a tag without an end', '<y a="b '],
    ['signs', '<'],
    ['a scheme without an end', '](&Tab;'],
  ])('should hold back a bounded part of %s, and give it a plain form', async (_what, part) => {
    const text = grown(part, 12_000);
    expect(await mostHeld(text)).toBeLessThan(4_300);
    const result = await streamed(sanitiser.stream(), [text]);
    expect(await streamed(sanitiser.stream(), piecesOf(text, [1]))).toBe(result);
    expect(await sanitiser.sanitise(result)).toBe(result);
  });

  it.each([
    [
      'code with tags',
      `\`\`\`html\n${grown('<div class="a"><b>- x</b></div>\n', 64_000)}\`\`\`\n\n\`<b>\`\n`,
    ],
    ['items with code', grown('- [the `<div>`](https://x.y/z) and `a_b`\n', 20_000)],
    ['marks nested in code', `\`\`\`\n<b>\n${'> '.repeat(40)}\n\`\`\`\n`],
  ])('should keep a long or dense reply: %s', async (_what, text) => {
    const result = await streamed(sanitiser.stream(), piecesOf(text, [1_000]));
    expect(result === text).toBe(true);
    expect((await sanitiser.sanitise(text)) === text).toBe(true);
  });
});
