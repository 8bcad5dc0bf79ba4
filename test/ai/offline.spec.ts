import { aiService, hear } from './ai-under-test.js';
import type { ConversationMessage } from '../../src/ai/reply.js';

const QUOTE = /“(.*)”/su;

async function quoteOf(message: string): Promise<string> {
  return QUOTE.exec((await hear(aiService({}), { message })).reply.text)![1]!;
}

function graphemes(text: string): string[] {
  return [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)].map(
    ({ segment }) => segment,
  );
}

describe('the offline model', () => {
  it('says that no model is configured, and how to connect one', async () => {
    const { reply } = await hear(aiService({}));

    expect(reply).toMatchObject({ outcome: 'answered', model: 'offline', attempts: 1 });
    expect(reply.usage).toEqual({ promptTokens: null, completionTokens: null });
    expect(reply.text).toMatch(/^No AI model is configured/);
    expect(reply.text).toMatch(/GOOGLE_API_KEY.*AI_MODELS=openai:\S+ and OPENAI_API_KEY/);
  });

  it('repeats what it understood', async () => {
    expect(await quoteOf('  What is\n\nthe capital\tof France?  ')).toBe('What is the capital of France?');
  });

  it.each([
    [0, 'I was given 0 earlier messages'],
    [1, 'I was given 1 earlier message of'],
    [3, 'I was given 3 earlier messages'],
  ])('tells how many earlier messages it was given: %i', async (count, words) => {
    const history = Array.from({ length: count }, (_, index): ConversationMessage => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: `no. ${index}`,
    }));

    expect((await hear(aiService({}), { history })).reply.text).toContain(words);
  });

  it.each([
    ['plain letters', 'a'],
    ['families', '👨‍👩‍👧‍👦'],
    ['flags', '🇨🇭'],
    ['combining marks', 'e\u0301'],
    ['Devanagari', 'नि'],
  ])('cuts a long message between characters: %s', async (_, character) => {
    expect(await quoteOf(character.repeat(120))).toBe(character.repeat(120));
    const quote = await quoteOf(character.repeat(121));
    expect(quote).toBe(`${character.repeat(120)}…`);
    expect(graphemes(quote)).toHaveLength(121);
  });

  it('streams word by word, letting others work between words', async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) {
        setImmediate(count);
      }
    };
    setImmediate(count);

    const { deltas, reply } = await hear(aiService({}));
    isDone = true;

    expect(deltas.length).toBeGreaterThan(20);
    expect(turns).toBeGreaterThanOrEqual(deltas.length);
    expect(reply.durationMs).toBeLessThan(200);
  });

  it('can be cancelled in the middle', async () => {
    const cancel = new AbortController();
    const parts = [];
    for await (const part of aiService({}).reply({ message: 'Hi', history: [], signal: cancel.signal })) {
      parts.push(part);
      if (parts.length === 3) {
        cancel.abort();
      }
    }

    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      reply: { outcome: 'cancelled', text: 'No AI model ' },
    });
  });
});
