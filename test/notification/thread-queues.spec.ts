import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { ThreadQueues } from '../../src/notification/channels/discord/desk/thread-queues.js';
import { Gate } from '../support/gate.js';
import { until } from '../support/until.js';

describe('ThreadQueues', () => {
  const idle = (queues: ThreadQueues): Promise<true> => until(() => (queues.size === 0 ? true : undefined));

  it('should do the work of each thread in order, whatever it takes, and keep nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ thread: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(3) }), { maxLength: 40 }),
        async (works) => {
          const queues = new ThreadQueues();
          const done: Record<string, number[]> = { a: [], b: [], c: [] };
          works.forEach(({ thread, turns }, index) =>
            queues.add(thread, async () => {
              for (let left = turns; left > 0; left -= 1) {
                await turn();
              }
              done[thread]?.push(index);
            }),
          );
          await idle(queues);
          for (const [thread, indices] of Object.entries(done)) {
            expect(indices).toEqual(works.flatMap((work, index) => (work.thread === thread ? index : [])));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('should let no thread wait for another, and forget what has not begun', async () => {
    const queues = new ThreadQueues();
    const gate = new Gate();
    const done: string[] = [];
    queues.add('held', async (signal) => {
      await gate.opened;
      done.push(`held, aborted: ${signal.aborted}`);
    });
    const note = (text: string) => (): Promise<void> => {
      done.push(text);
      return Promise.resolve();
    };
    queues.add('held', note('forgotten'));
    queues.add('free', note('free'));
    await until(() => (done.length === 1 ? true : undefined));
    queues.clear();
    queues.add('held', note('begun anew'));
    gate.open();
    await idle(queues);
    expect(done).toEqual(['free', 'held, aborted: true', 'begun anew']);
  });
});
