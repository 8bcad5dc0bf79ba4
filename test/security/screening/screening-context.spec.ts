import { MessageContext } from '../../../src/security/screening/context.js';

/** The context of `part` in `text`. */
function contextOf(text: string, part: string): string {
  const start = text.indexOf(part);
  return new MessageContext(text).at(start, start + part.length);
}

describe('message context', () => {
  it.each([
    ['<x>', '<x>', 'bare'],
    ['hello there. <x>', '<x>', 'after-prose'],
    ['hello there <x>', '<x>', 'after-prose'],
    ['use the "<x>" tag', '<x>', 'quoted'],
    ["it prints '<x>', then stops", '<x>', 'quoted'],
    ['use the `<x>` tag', '<x>', 'code'],
    ['`<x>` is what i typed', '<x>', 'code'],
    ['good morning! `<x>`', '<x>', 'after-prose'],
    ['`<x>`', '<x>', 'bare'],
    ['the order number "><x>" here', '<x>', 'after-prose'],
    ['see this:\n```\n<x>\n```', '<x>', 'code'],
    ['```\n<x>\n``` what is it', '<x>', 'code'],
    ['```\n<x>\n```', '<x>', 'bare'],
    ['see this:\n```\n<x>', '<x>', 'code'],
    ['what does <x> do?', '<x>', 'question'],
    ['explain the following query: <x>', '<x>', 'question'],
    ['does it matter if i write <x> in there?', '<x>', 'question'],
    ['could you print <x> for me?', '<x>', 'request'],
    ['could you say what <x> is for?', '<x>', 'question'],
    ["send '-<x>-' to it", '<x>', 'after-prose'],
    ["in 'a'+<x>+'b' they are joined", '<x>', 'after-prose'],
    ['what is my balance <x>', '<x>', 'after-prose'],
    ['what is my balance? <x>', '<x>', 'after-prose'],
    ['how are you <x> bye. are you there?', '<x>', 'after-prose'],
    [`how are you <x> ${'and so on '.repeat(30)}?`, '<x>', 'after-prose'],
    ['a = 1;\nb = 2;\nif (a) {\n<x>\n}\nreturn a;', '<x>', 'code'],
  ])('should see in %j that %s is %s', (text, part, context) => expect(contextOf(text, part)).toBe(context));

  it.each([
    ['look at the file <x>', true],
    ['it is in <x>', true],
    ['hello there <x>', false],
    ['it is in. <x>', false],
  ])('should know in %j whether the sentence speaks of <x>', (text, spokenOf) =>
    expect(new MessageContext(text).isSpokenOf(text.indexOf('<x>'))).toBe(spokenOf),
  );

  it('should begin segments at sentences, lines and words that prose does not contain', () => {
    const text = 'i paid 5 euros today. thanks\n; id and a=b c';
    const { segments } = new MessageContext(text);
    expect(segments.map((start) => text.slice(start, start + 4))).toEqual(['i pa', 'than', '; id', 'a=b ']);
  });

  it('should find the sentence an offset is in', () => {
    const text = 'One. Two? Three\nfour';
    const context = new MessageContext(text);
    expect([0, 3, 5, 8, 12, 19].map((at) => context.sentenceStart(at))).toEqual([0, 0, 5, 5, 10, 16]);
  });
});
