import { Client } from 'pg';
import { SELECT_HISTORY } from '../../src/chat/turn-statements.js';
import { toPgOptions } from '../../src/database/database-connection.js';
import { fillConversations } from '../support/conversations.js';
import { mainPath, planOf, STATEMENTS, wholeReads } from '../support/statement-plans.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const LARGE_TABLES = ['chat_messages', 'sessions', 'notifications', 'sign_in_codes'];

describe('The plan of each statement that meets large tables', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client(toPgOptions(database.connection));
    await client.connect();
    await fillConversations((text, values) => client.query(text, values), {
      turns: 60_000,
      turnsPerSession: 4,
    });
    await client.query(
      `INSERT INTO notifications (session_id, channel, fact)
       SELECT id, 'log', 'SessionStarted' FROM sessions CROSS JOIN generate_series(1, 10)`,
    );
    await client.query(
      `INSERT INTO sign_in_codes (id, email_hash, code_hash, expires_at, tries_left)
       SELECT n, 'e', 'c', now() + n * interval '1 second', 5 FROM generate_series(1, 20000) n`,
    );
    await client.query(
      `INSERT INTO operator_commands (id, received_at) SELECT n, now() - n * interval '1 minute' FROM generate_series(1, 20000) n`,
    );
    await client.query(
      `INSERT INTO turn_deltas SELECT id, 1, n, 'a few words' FROM
         (SELECT id FROM chat_messages WHERE message_type = 'user' LIMIT 1000) u CROSS JOIN generate_series(1, 20) n`,
    );
    await client.query('ANALYZE');
  }, 120_000);

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  // Named statements get a generic plan in the end, which has to do without knowing the values.
  describe.each(['force_custom_plan', 'force_generic_plan'] as const)('made with %s', (mode) => {
    it.each([...STATEMENTS])(
      'should use the indexes it is meant for: %s',
      async (name, statement, values, indexes) => {
        const nodes = await planOf(client, mode, statement, values);
        expect([name, wholeReads(nodes, LARGE_TABLES)]).toEqual([name, []]);
        const used = nodes.flatMap((node) => node['Index Name'] ?? []);
        expect(indexes.filter((index) => !used.some((each) => each.startsWith(index)))).toEqual([]);
      },
    );

    it('should read a page of history in the order of its index', async () => {
      const nodes = await planOf(client, mode, SELECT_HISTORY, ['a-session', null, 21]);
      const [limit] = nodes.filter((node) => node['Node Type'] === 'Limit');
      expect(mainPath(limit!).map((node) => node['Node Type'])).not.toContain('Sort');
    });
  });
});
