import fc from 'fast-check';
import { ReadPosition, type Mark } from '../../src/notification/channels/discord/desk/read-position.js';
import { Database } from '../../src/database/database.js';
import { startTestService, type TestService } from '../support/test-service.js';

describe('ReadPosition', () => {
  let service: TestService;
  let database: Database;

  beforeAll(async () => {
    service = await startTestService();
    database = service.app.get(Database);
  });

  afterAll(() => service.stop());

  const stored = async (channelId: string): Promise<bigint> => {
    const [row] = await service.database.query<{ last_message_id: string }>(
      'SELECT last_message_id FROM discord_positions WHERE channel_id = $1',
      [channelId],
    );
    return BigInt(row?.last_message_id ?? 0);
  };

  it('should never pass what is still to be done, and reach what is done', async () => {
    let channel = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ isDone: fc.boolean(), isMarked: fc.boolean() }), {
          minLength: 1,
          maxLength: 30,
        }),
        async (messages) => {
          channel += 1;
          const channelId = String(channel);
          const position = new ReadPosition(database, channelId);
          expect(await position.load()).toBeUndefined();
          await service.database.query(
            'UPDATE discord_positions SET last_message_id = 1 WHERE channel_id = $1',
            [channelId],
          );
          position.resume();
          const open: bigint[] = [];
          messages.forEach(({ isDone, isMarked }, index) => {
            const id = BigInt(index + 10);
            position.see(String(id));
            const mark: Mark | undefined = isMarked ? position.mark(id - 1n) : undefined;
            if (mark !== undefined && isDone) {
              position.remove(mark);
            } else if (mark !== undefined) {
              open.push(id);
            }
          });
          await position.close();
          const [firstOpen] = open;
          expect(await stored(channelId)).toBe(
            firstOpen === undefined ? BigInt(messages.length + 9) : firstOpen - 1n,
          );
          expect(await new ReadPosition(database, channelId).load()).toBe(await stored(channelId));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('should be stored forwards only, and not before the gap behind it is known', async () => {
    const [early, late] = [new ReadPosition(database, '9001'), new ReadPosition(database, '9001')];
    await early.load();
    await service.database.query(
      `UPDATE discord_positions SET last_message_id = 5 WHERE channel_id = '9001'`,
    );
    late.see('30');
    await late.close();
    expect(await stored('9001')).toBe(5n);
    for (const [position, id] of [
      [late, '30'],
      [early, '20'],
    ] as const) {
      await position.load();
      position.resume();
      position.see(id);
      await position.close();
    }
    expect(await stored('9001')).toBe(30n);
  });
});
