import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { removeForbiddenCharacters } from '../../../src/security/sanitiser/forbidden-characters.js';
import { needsParsing } from '../../../src/security/sanitiser/markup.js';
import { Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';
import { dangerousText, plainText } from './dangerous-text.js';
import { dangerWhenRendered } from './rendered.js';

/** Cases of all properties together; SANITISER_RUNS raises it for a longer search. */
const RUNS = Number(process.env.SANITISER_RUNS ?? 10_000);
const TIMEOUT = 60_000 + RUNS * 20;

/** jsdom gives memory back only when the event loop turns. */
const sanitiser = new Sanitiser();
const turning = async (text: string): Promise<string> => {
  await setImmediate();
  return sanitiser.sanitise(text);
};

const harmlessWhenRendered = (sanitise: (text: string) => Promise<string>) =>
  fc.asyncProperty(dangerousText, async (text) => {
    expect(dangerWhenRendered(await sanitise(text))).toBeUndefined();
  });

describe('sanitiser properties', () => {
  it(
    'should leave nothing that may run in what five renderers make of it, and nothing to do a second time',
    async () => {
      const property = fc.asyncProperty(dangerousText, async (text) => {
        const clean = await turning(text);
        expect(dangerWhenRendered(clean)).toBeUndefined();
        expect(await sanitiser.sanitise(clean)).toBe(clean);
        expect(removeForbiddenCharacters(clean)).toBe(clean);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.8) });
    },
    TIMEOUT,
  );

  it(
    'should give by the fast path what parsing gives',
    async () => {
      const property = fc.asyncProperty(plainText, async (text) => {
        const allowed = removeForbiddenCharacters(text);
        fc.pre(!needsParsing(allowed));
        expect(await turning(text)).toBe(allowed);
        expect(await sanitiser.sanitiseByParsing(allowed)).toBe(allowed);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.2) });
    },
    TIMEOUT,
  );

  it(
    'should keep code whole, whatever is in it and however live what stands beside it is',
    async () => {
      const line = fc.array(
        fc.constantFrom('<b>', '<script>', '](javascript:x)', '<y a=b', '&lt;', 'x', ' ', '*'),
      );
      const property = fc.asyncProperty(line, line, async (first, second) => {
        const code = `${['x', ...first].join('')}\n${['x', ...second].join('')}`;
        const block = `\`\`\`html\n${code}\n\`\`\`\n`;
        const clean = await turning(`<b>Look</b>:\n\n${block}\n\`${first.join('')}<i>\` <i>too</i>`);
        expect(clean).toBe(`Look:\n\n${block}\n\`${first.join('')}<i>\` too`);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.05) });
    },
    TIMEOUT,
  );

  it.each<[string, (text: string) => Promise<string>]>([
    ['nothing', (text) => Promise.resolve(text)],
    ['no link', async (text) => (/\]\(|\]:/.test(text) ? text : turning(text))],
    ['tags with white space in them', (text) => Promise.resolve(text.replace(/<[a-z/!?][^<>\s]*>/gi, ''))],
    ['no text with code', async (text) => (text.includes('`') ? text : turning(text))],
  ])('should find out a sanitiser that looks at %s', async (_name, broken) => {
    const details = await fc.check(harmlessWhenRendered(broken), { numRuns: 2_000 });
    expect(details.failed).toBe(true);
  });
});
