import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/until.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { finalRead } from './support/final-read.js';
import { closedLoad } from './support/load.js';
import { Random } from './support/random.js';
import { ScenarioReport } from './support/scenario-report.js';

const WRITERS = 32;
/** Several writers share a session, so that its lock and its counters are fought over as well. */
const SESSIONS = 8;
const SECONDS = byForm({ short: 20, long: 60 });
const SHORTEST_LIFE_SECONDS = 2;
const LONGEST_LIFE_SECONDS = 5;

function atLeastOne<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

describe('5. Replicas are killed again and again', () => {
  let deployment: Deployment;
  let client: ChatClient;

  beforeAll(async () => {
    deployment = await Deployment.start({
      replicas: 3,
      // Beside the rest of a turn, so that a kill meets many turns while the model works.
      modelDelayMs: 200,
      // A turn whose process died is taken over after this, so that a writer need not wait for a minute.
      settings: { AI_TIMEOUT_SECONDS: '3', TURN_LEASE_SECONDS: '5', DATABASE_POOL_SIZE: '5' },
    });
    client = new ChatClient(deployment.balancer.url, 64);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
  });

  it('should lose nothing that was acknowledged and do nothing twice', async () => {
    const random = new Random('replicas-killed');
    const { replicas, balancer, postgres } = deployment;
    const tokens = await client.signIn(SESSIONS);
    const endsAt = performance.now() + SECONDS * 1_000;
    const isOver = (): boolean => performance.now() > endsAt;
    let kills = 0;
    const killing = (async () => {
      while (!isOver()) {
        await delay(random.between(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS) * 1_000);
        // One that serves: on a slow machine those killed before may still be starting.
        const victim = random.pick(await until(() => atLeastOne(balancer.readyReplicas)));
        await victim.kill();
        kills += 1;
        // As an orchestrator does, at once; until it is ready the balancer leaves it alone.
        victim.spawn();
      }
    })();
    await closedLoad(WRITERS, isOver, (writer, round) => {
      const key = `${writer}-${round}`;
      const token = tokens[writer % tokens.length] ?? '';
      // Until it is answered, also beyond the end: what is left open says nothing.
      return client.sendUntilAnswered({ token, message: `message ${key}`, key });
    });
    await killing;
    await Promise.all(replicas.map((replica) => replica.untilReady()));
    await balancer.look();

    const count = async (sql: string): Promise<number> =>
      Number(
        (await postgres.query<{ count: string }>(`SELECT count(*) AS count FROM (${sql}) AS found`))[0]
          ?.count,
      );
    new ScenarioReport('5. Replicas killed with -9')
      .did(
        `${WRITERS} writers with keys to 3 replicas for ${SECONDS} s; ${kills} kills, one every ${SHORTEST_LIFE_SECONDS} to ${LONGEST_LIFE_SECONDS} s`,
      )
      .calls(client.calls)
      .turns(await finalRead(balancer.url, tokens, client.acknowledged))
      .atMost(
        'keys that made more than one turn',
        await count(
          `SELECT session_id, idempotency_key FROM chat_messages WHERE message_type = 'user'
            GROUP BY session_id, idempotency_key HAVING count(*) > 1`,
        ),
        0,
        '',
      )
      .atMost(
        'turns without exactly one reply',
        await count(
          `SELECT u.id FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
            WHERE u.message_type = 'user' GROUP BY u.id HAVING count(r.id) <> 1`,
        ),
        0,
        '',
      )
      .atMost(
        'sessions whose counters are out of step with their messages',
        await count(
          `SELECT s.id FROM sessions s JOIN chat_messages m ON m.session_id = s.id GROUP BY s.id
           HAVING s.message_count <> count(*) FILTER (WHERE m.message_type = 'user') OR s.last_sequence <> count(*)`,
        ),
        0,
        '',
      )
      .atMost(
        'processes that ended by themselves',
        replicas.reduce((sum, { crashes }) => sum + crashes, 0),
        0,
        '',
      )
      .conclude();
    expect(kills).toBeGreaterThan(1);
    // Else the kills would have met an idle service and proved nothing.
    expect(client.calls.filter(({ result }) => result === 'unknown').length).toBeGreaterThan(kills);
  });
});
