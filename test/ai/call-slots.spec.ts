import { setImmediate as nextTurn } from 'node:timers/promises';
import { CallSlots } from '../../src/ai/call-slots.js';

const { signal: never } = new AbortController();

describe('CallSlots', () => {
  it('gives so many places, and lets a quarter more wait', async () => {
    const slots = new CallSlots(4);
    const taken = await Promise.all([1, 2, 3, 4].map(() => slots.take(never)));
    const waiting = slots.take(never);

    expect(await slots.take(never)).toBeUndefined();
    taken[2]!();

    expect(await waiting).toBeInstanceOf(Function);
    expect(await slots.take(AbortSignal.abort())).toBeUndefined();
  });

  it('lets go of those who have given up while all places are still taken, and keeps none for them', async () => {
    const slots = new CallSlots(1);
    const release = await slots.take(never);
    const giveUp = new AbortController();
    const waiting = slots.take(giveUp.signal);

    giveUp.abort();
    expect(await waiting).toBeUndefined();
    release!();
    await nextTurn();

    expect(await slots.take(never)).toBeInstanceOf(Function);
  });
});
