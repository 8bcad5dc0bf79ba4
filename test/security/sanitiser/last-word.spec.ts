import { Ranges } from '../../../src/security/sanitiser/edit.js';
import { loadHtmlParser } from '../../../src/security/sanitiser/html-parser.js';
import { withLastWord } from '../../../src/security/sanitiser/last-word.js';

const NO_CODE = new Ranges([]);

describe('the last word of DOMPurify', () => {
  it.each([
    'a <int> b </int> <public address X> <g> <unknown>',
    'x <3 y </3 z <! <https://x.y/?a=1&b=2> & &lt;b&gt;',
    'x<y',
  ])('should let %j pass', async (text) => {
    const halves = new Set(text === 'x<y' ? [1] : []);
    expect(await withLastWord({ text, code: NO_CODE, halves }, await loadHtmlParser())).toBe(text);
  });

  it.each([
    ['an element', 'a <b> c', 'a < b> c'],
    ['an attribute', '<y a="1">', '< y a="1">'],
    ['an open tag', '<int> <y', '< int> < y'],
    ['an open comment', '<int a <!-- ', '< int a < !-- '],
    ['one element after a hundred harmless ones', `${'<y>'.repeat(250)}<img>`, `${'< y>'.repeat(250)}< img>`],
  ])('should give a text its plain form that still holds %s', async (_what, text, plain) => {
    expect(await withLastWord({ text, code: NO_CODE, halves: new Set() }, await loadHtmlParser())).toBe(
      plain,
    );
  });

  it('should pass over code', async () => {
    const result = { text: '`<b>`', code: new Ranges([{ start: 1, end: 4 }]), halves: new Set<number>() };
    expect(await withLastWord(result, await loadHtmlParser())).toBe('`<b>`');
  });
});
