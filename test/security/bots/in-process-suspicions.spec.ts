import { BOT_TIMING } from '../../../src/security/bots/bot-timing.js';
import { InProcessSuspicions } from '../../../src/security/bots/in-process-suspicions.js';
import type { Observation } from '../../../src/security/bots/suspicions.js';

const MINUTE = 60_000;

const hit = (key: string, threshold = 3): Observation => ({
  part: 'sign-ins-per-address',
  key,
  threshold,
  counts: 'always',
});

const textOf = (session: string): Observation => ({
  part: 'repeated-messages',
  key: 'text',
  onceKey: session,
  threshold: 2,
  counts: 'once',
});

const message: Observation = { part: 'fast-messages', key: 'session', threshold: 2, counts: 'cadence' };

describe('Suspicions in the process', () => {
  let now: number;
  let suspicions: InProcessSuspicions;

  beforeEach(() => {
    now = 1_000;
    suspicions = new InProcessSuspicions(BOT_TIMING, () => now);
  });

  const refusal = async (...observations: Observation[]): Promise<number> =>
    (await suspicions.observe(observations)).refusedForMs;

  it('should let the threshold pass and refuse what goes beyond it', async () => {
    const verdicts = [1, 2, 3, 4, 5].map(() => suspicions.observe([hit('a')]));
    const part = 'sign-ins-per-address';
    expect(await Promise.all(verdicts)).toEqual([
      ...Array.from({ length: 3 }, () => ({ refusedForMs: 0, started: [] })),
      { refusedForMs: MINUTE, started: [{ part, coolDownMs: MINUTE }] },
      { refusedForMs: MINUTE, started: [] },
    ]);
    expect(await refusal(hit('b'))).toBe(0);
  });

  it('should serve again when the cool-down is over, however often the caller tried in between', async () => {
    for (let call = 0; call < 4; call += 1) {
      await refusal(hit('a'));
    }
    for (let second = 0; second < 60; second += 1) {
      expect(await refusal(hit('a'))).toBe(MINUTE - second * 1_000);
      now += 1_000;
    }
    expect([await refusal(hit('a')), await refusal(hit('a')), await refusal(hit('a'))]).toEqual([0, 0, 0]);
    expect(await refusal(hit('a'))).toBe(2 * MINUTE);
  });

  it('should never refuse a caller whose hits fade as fast as they come', async () => {
    for (let call = 0; call < 500; call += 1) {
      expect(await refusal(hit('a'))).toBe(0);
      now += 6 * MINUTE;
    }
  });

  it('should count nothing for the other subject of a request that is refused', async () => {
    for (let call = 0; call < 4; call += 1) {
      await refusal(hit('address'));
    }
    for (let call = 0; call < 50; call += 1) {
      expect(await refusal(hit('address'), hit('e-mail'))).toBe(MINUTE);
    }
    expect(await refusal(hit('e-mail'))).toBe(0);
  });

  it('should say every cool-down that begins, and refuse for the longest', async () => {
    for (let call = 0; call < 4; call += 1) {
      await refusal(hit('a'));
    }
    now += MINUTE;
    for (let call = 0; call < 3; call += 1) {
      await refusal(hit('a'), hit('b'));
    }
    const { refusedForMs, started } = await suspicions.observe([hit('a'), hit('b')]);
    expect(refusedForMs).toBe(2 * MINUTE);
    expect(started.map(({ coolDownMs }) => coolDownMs)).toEqual([2 * MINUTE, MINUTE]);
  });

  it('should count a text once for each session, and again when that is long forgotten', async () => {
    for (let call = 0; call < 10; call += 1) {
      expect([await refusal(textOf('a')), await refusal(textOf('b'))]).toEqual([0, 0]);
    }
    expect(await refusal(textOf('c'))).toBe(MINUTE);
    now += BOT_TIMING.forgottenAfterMs;
    expect([await refusal(textOf('a')), await refusal(textOf('b'))]).toEqual([0, 0]);
    expect(await refusal(textOf('c'))).toBe(2 * MINUTE);
  });

  it('should count only the messages that come too fast', async () => {
    const gaps = [0, 5_000, 8_200, 100, 4_000, 499, 500, 499];
    const refused: number[] = [];
    for (const gap of gaps) {
      now += gap;
      refused.push(await refusal(message));
    }
    expect(refused).toEqual([0, 0, 0, 0, 0, 0, 0, MINUTE]);
  });

  it('should count messages on a timer, however slow it is', async () => {
    const refused: number[] = [];
    for (let call = 0; call < 6; call += 1) {
      refused.push(await refusal(message));
      now += 20_000 + (call % 2) * 20;
    }
    expect(refused).toEqual([0, 0, 0, 0, 0, MINUTE]);
  });
});
