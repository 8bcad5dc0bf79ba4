import { LONGEST_PARSED, Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';

const sanitiser = new Sanitiser();

describe('sanitiser, by example', () => {
  it.each([
    'I <3 you, and not </3',
    'if a < b && c > d',
    'Tom & Jerry &amp; &lt;script&gt; &#60;b&#62;',
    'x<y',
    'vector<int>, map<string, vector<pair<int, K>>>',
    '#include <stdio.h> and <time.h>',
    'apt install <package> --to <your-folder>',
    'NAT it out to <public address X>, <available only to root>',
    'x <y and z=3\n\nthen -> that',
    '\r\nline\tone\n\n\n  two\r',
    'שלום \u200f(עולם)\u202b 😀👩‍👩‍👧 مرحبا',
    'a <!= b, c <- d, e <? f',
    '<https://example.org/?a=1&b=/c> <me@example.org>',
    '[a](https://x.y "t") ![b](/c.png) [d]: /e <mailto:a@b.c>',
    'handlers[k](data: string), [note]: data: see below, javascript:alert(1)',
    '`<b onclick=x>` and ``<script>`</script>``',
    '```html\n<script>alert(1)</script>\n[a](javascript:x)\n```\n',
    '- item\n\n  ~~~\n  <img src=x onerror=y>\n  ~~~',
    'text\n\n    <b>indented</b>\n\ttoo? <no>\n',
    '> ```\n> <b>\n> ```',
    '| a | b |\n|---|---|\n| `<b>` | `x \\| <i>` |',
  ])('should keep %j exactly', async (text) => {
    expect(await sanitiser.sanitise(text)).toBe(text);
  });

  it.each([
    ['<b>bold</b> and <IMG SRC=x ONERROR=alert(1)>', 'bold and '],
    ['a<script>alert(1)</script>b<STYLE>*{}</style >c', 'abc'],
    ['use <script> in the head', 'use  in the head'],
    ['a<!-- x > y -->b<!-->c<!--->d<!-- x --!>e', 'abcde'],
    ['a<!DOCTYPE html>b<![CDATA[ <b> ]]>c<?php echo 1 ?>d<?x>e', 'abcde'],
    ['a <!-- b', 'a < !-- b'],
    ['a <![CDATA[ b', 'a < ![CDATA[ b'],
    ['a <!DOCTYPE b', 'a < !DOCTYPE b'],
    ['<y onclick=alert(1)>a</y> <z a="1">b</z>', 'a b'],
    ['<x contenteditable>a', 'a'],
    ['<svg><int>a</int></svg><int>', 'a<int>'],
    ['<svg/><int>', '<int>'],
    ['<math><mi>x</mi>\n\n<int>', 'x\n\n<int>'],
    ['<scr<script>ipt>alert(1)</scr</script>ipt>', ''],
    ['<<b>img src=x onerror=alert(1)>', ''],
    ['<img src="x" onerror=alert(1)', ''],
    ['<y onclick=alert(1)', ''],
    ['<y a="b', '< y a="b'],
    [
      '</int>\n<script.x>alert(1)</script.x> <b#y> <C#>',
      '</int>\n< script.x>alert(1)< /script.x> < b#y> <C#>',
    ],
    ['if a<b then x=3', 'if a< b then x=3'],
    ['if a<b && c>d', 'if a< b && c>d'],
    ['<int>\n<script\n\nalert(1)', '<int>\n< script\n\nalert(1)'],
    ['<y `c` x=1> <z `<b>` onclick=x>', '< y `c` x=1> <z `<b>` onclick=x>'],
    ['`<b>` but <b>not</b>', '`<b>` but not'],
    ['<b\u0000>a\u0007\u0085\u007f', 'a'],
    ['see <script>, `</script>` b', 'see , `</script>` b'],
    ['<script>`</script>` b', '` b'],
  ])('should make %j into %j', async (text, clean) => {
    expect(await sanitiser.sanitise(text)).toBe(clean);
    expect(await sanitiser.sanitise(clean)).toBe(clean);
  });

  it.each([
    ['[a](javascript:alert(1))', '[a](#)'],
    ['![a](  <JAVA\tscript:alert (1)> "t")', '![a](  # "t")'],
    ['[a](java&#115;cript&colon;x(\\)))', '[a](#)'],
    ['[a](&Tab;%6aavascript\\:x)', '[a](#)'],
    ['[a](view-source:javascript:x) [b](vbscript:x "y")', '[a](#) [b](# "y")'],
    ['[a](&#x6a;avascript&amp;colon;x)', '[a](#)'],
    ['[a](\n> data:text/html,x\n> "t")', '[a](\n> #\n> "t")'],
    ['[a]: DATA:text/html,x\n[b]:\n<javascript:x>', '[a]: #\n[b]:\n#'],
    ['<javascript:alert(1)> <data:x>', '# #'],
    ['[a]: javascript:x\u00a0# \n', '[a]: # \n'],
    ['<javascript:\u2028alert(1)> <https://x.y/\u2028>', '# <https://x.y/\u2028>'],
    ['[a](<javascript:x', '[a](#x'],
    ['<https://x.y/onclick=alert(1)>', '< https://x.y/onclick=alert(1)>'],
    ['<https://x.y/a=javascript:z>', '< https://x.y/a=javascript:z>'],
    [
      '[a](&#9999999;javascript:x) [b](&shy;ftp:x) [c](a\nb)',
      '[a](&#9999999;javascript:x) [b](&shy;ftp:x) [c](a\nb)',
    ],
  ])('should make the destination of %j harmless: %j', async (text, clean) => {
    expect(await sanitiser.sanitise(text)).toBe(clean);
    expect(await sanitiser.sanitise(clean)).toBe(clean);
  });

  it.each([
    ['NUL and control characters', 'a\u0000b\u0001\u001b\u007f\u009fc\td', 'abc\td'],
    ['lone surrogates', 'a\ud800b\udc00\u0000\ud83d\u0000\ude00c😀', 'abc😀'],
    [
      'bidi overrides, but not marks and embeddings',
      '\u202ea\u202d\u202ab\u202c\u200f',
      'a\u202ab\u202c\u200f',
    ],
    ['a leading byte order mark', '\u0000\ufeff\ufeffa\ufeff', 'a\ufeff'],
    ['a byte order mark that a tag hid', '<b>\ufeffa', 'a'],
  ])('should remove %s', async (_what, text, clean) => {
    expect(await sanitiser.sanitise(text)).toBe(clean);
  });

  it('should take code that renderers disagree about for text', async () => {
    expect(await sanitiser.sanitise('| `a | <b>x</b>` |\n|---|---|')).toBe('| `a | x` |\n|---|---|');
    const footnote = '[^a]:\n```html\n<img src=x onerror=y>\n```\n';
    expect(await sanitiser.sanitise(footnote)).toBe(footnote.replace(/<.*>/, ''));
  });

  it('should take code for text where it is nested too deeply for a parser', async () => {
    expect(await sanitiser.sanitise(`${'>'.repeat(2_000)}\`<b>\``)).toBe(`${'>'.repeat(2_000)}\`\``);
  });

  describe('plain form', () => {
    const tag = '<b>`<i>` [a](javascript:x) [b](/c)\n';
    const plainTag = '< b>`< i>` [a] (javascript:x) [b] (/c)\n';

    it('should take the place of parsing for text that is too long', async () => {
      const repeats = Math.ceil(LONGEST_PARSED / tag.length) + 1;
      expect(await sanitiser.sanitise(tag.repeat(repeats))).toBe(plainTag.repeat(repeats));
      const plain = 'I <3 you & `code`\n'.repeat(repeats * 2);
      expect(await sanitiser.sanitise(plain)).toBe(plain);
    });

    it('should take the place of parsing for text with too many marks', async () => {
      const text = '`x` <b>\n'.repeat(1_100);
      expect(await sanitiser.sanitise(text)).toBe(text.replaceAll('<b', '< b'));
      const harmless = '- `x` <int>\n'.repeat(1_000);
      expect(await sanitiser.sanitise(harmless)).toBe(harmless);
    });

    it('should end what would take too many rounds', async () => {
      const clean = await sanitiser.sanitise(`${'<scr'.repeat(20)}<b>${'ipt>'.repeat(20)}`);
      expect(clean).not.toMatch(/<[a-z/!?]/i);
      expect(await sanitiser.sanitise(clean)).toBe(clean);
    });
  });

  it('should read a tag of any length, or take its sign away', async () => {
    const words = 'a '.repeat(2_500);
    expect(await sanitiser.sanitise(`<y ${words}>`)).toBe(`< y ${words}>`);
    expect(await sanitiser.sanitise(`<https:${'a'.repeat(3_000)}>`)).toBe(`<https:${'a'.repeat(3_000)}>`);
  });

  it('should keep hundreds of placeholders, with as many names', async () => {
    const text = Array.from({ length: 1_200 }, (_, index) => `<name${index}>`).join(' ');
    expect(await sanitiser.sanitise(text)).toBe(text);
  });
});
