import { estimateTokens } from '../../src/ai/token-estimate.js';

const ENVELOPE = 4;

describe('estimateTokens', () => {
  it.each([
    ['nothing', '', 0],
    ['English', 'The quick brown fox jumps over the lazy dog.', 11],
    ['German', 'Grüße aus Köln', 5],
    ['Russian', 'Привет, как дела?', 8],
    ['Chinese', '请问你们的退货政策是什么', 12],
    ['emoji', '😀😀😀', 3],
    ['Hindi', 'नमस्ते', 4],
  ])('counts by the script: %s', (_, text, tokens) => {
    expect(estimateTokens(text)).toBe(ENVELOPE + tokens);
  });

  it('takes no more time than the text is long', () => {
    expect(estimateTokens('a'.repeat(1_000_000))).toBe(ENVELOPE + 250_000);
  });
});
