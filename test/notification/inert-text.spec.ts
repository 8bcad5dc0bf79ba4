import fc from 'fast-check';
import { inertText, inertValue } from '../../src/notification/channels/discord/inert-text.js';

const FAMILY = '👨‍👩‍👧‍👦';
const inside = (shown: string): string => /^```\n([^]*)\n```$/.exec(shown)?.[1] ?? 'not in a block';

describe('inertText', () => {
  it.each([
    '**bold** _it_ ~~no~~ ||spoiler|| # heading',
    '@everyone @here <@123> <@&456> <#789>',
    '[a link](https://evil.example) https://evil.example <https://evil.example> discord.gg/abc',
    '<:emoji:1> <t:1700000000> </command:1> :smile:',
    '```js\nalert(1)\n``` after',
    '`inline` and \\`escaped\\`',
  ])('should hold %j in a block that nothing in it ends', (text) => {
    const shown = inside(inertText(text));
    expect(shown).not.toContain('``');
    expect(shown.replaceAll('\u200b', '')).toBe(text);
  });

  it('should never be left and never be too long, whatever the text', () => {
    const piece = fc.constantFrom('`', '``', '```', '\n', '\\', 'a', ' ', FAMILY, 'e\u0301', '\ud800');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 1_500 }).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          const shown = inertText(text);
          expect(shown.length).toBeLessThanOrEqual(4_096);
          if (text.trim() !== '') {
            expect(inside(shown)).not.toContain('``');
          }
        },
      ),
    );
  });

  it('should say when there is no text', () => {
    expect(inertText('')).toBe('*(no text)*');
    expect(inertText(' \n ')).toBe('*(no text)*');
  });

  it('should cut at 1,000 characters, between graphemes', () => {
    expect(inside(inertText('a'.repeat(1_000)))).toBe('a'.repeat(1_000));
    expect(inside(inertText('a'.repeat(1_001)))).toBe(`${'a'.repeat(999)}…`);
    // Seven code points that are one character to the eye: 142 of them are 994.
    expect(inside(inertText(FAMILY.repeat(200)))).toBe(`${FAMILY.repeat(142)}…`);
    expect(inside(inertText(`${'a'.repeat(998)}e\u0301${'b'.repeat(10)}`))).toBe(`${'a'.repeat(998)}…`);
    // One grapheme without an end.
    expect(Array.from(inside(inertText(`e${'\u0301'.repeat(3_000)}`)))).toHaveLength(1_000);
  });
});

describe('inertValue', () => {
  it('should stay on its line and in its quotes', () => {
    expect(inertValue('a`b\n# c')).toBe('`aˋb # c`');
  });
});
