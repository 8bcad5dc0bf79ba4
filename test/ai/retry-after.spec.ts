import { readRetryAfter } from '../../src/ai/retry-after.js';

describe('readRetryAfter', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['parts of a second', { 'retry-after': '0.5' }, 500],
    ['milliseconds, which are more exact', { 'retry-after': '2', 'retry-after-ms': '1250' }, 1_250],
    ['a date that has passed', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ])('reads %s', (_, headers, ms) => {
    expect(readRetryAfter(headers)).toBe(ms);
  });

  it('reads a date to come', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();

    expect(readRetryAfter({ 'retry-after': inAMinute })).toBeGreaterThan(58_000);
    expect(readRetryAfter({ 'retry-after': inAMinute })).toBeLessThanOrEqual(60_000);
  });

  it.each([
    ['nothing', undefined],
    ['no headers', null],
    ['other headers', { date: 'today' }],
    ['words', { 'retry-after': 'soon' }],
    ['a number below zero', { 'retry-after': '-1x' }],
    ['something else', { 'retry-after': 7 }],
  ])('takes %s for no answer', (_, headers) => {
    expect(readRetryAfter(headers)).toBeUndefined();
  });
});
