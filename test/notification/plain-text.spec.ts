import fc from 'fast-check';
import { plainText } from '../../src/notification/channels/discord/desk/plain-text.js';

const dana = { id: '1', username: 'dana', global_name: 'Dana', discriminator: '0', avatar: null };
const eve = { id: '2', username: 'eve', global_name: null, discriminator: '0', avatar: null };

describe('plainText', () => {
  it.each([
    ['Hello <@1> and <@!2>', 'Hello @Dana and @eve'],
    ['<@3> is away', '@somebody is away'],
    ['<@&4> in <#5>', '@team in #channel'],
    ['<:wave:6> <a:party:7>', ':wave: :party:'],
    ['use </takeover:8>', 'use /takeover'],
    ['at <t:1795523400:F>', 'at 2026-11-24 12:30 UTC'],
    ['at <t:1795523400>', 'at 2026-11-24 12:30 UTC'],
    ['<t:999999999999999>', '<t:999999999999999>'],
    ['1 < 2 and <b>3</b> > 1, a@b.example', '1 < 2 and <b>3</b> > 1, a@b.example'],
  ])('should make %j readable', (content, expected) => {
    expect(plainText(content, [dana, eve])).toBe(expected);
  });

  it('should change nothing without a mark, and leave no id in any', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/<[@#:/at]/.test(text));
        expect(plainText(text, [])).toBe(text);
      }),
    );
    const mark = fc.constantFrom('<@ID>', '<@!ID>', '<@&ID>', '<#ID>', '<:x:ID>', '<a:x:ID>', '</x:ID>');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), mark)), (parts) => {
        const id = '918273645546372819';
        const text = parts.map(([before, each]) => `${before}${each.replace('ID', id)}`).join('');
        expect(plainText(text, [])).not.toContain(id);
      }),
    );
  });
});
