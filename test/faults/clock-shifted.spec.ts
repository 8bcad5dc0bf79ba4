import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { ChatClient } from './support/chat-client.js';
import { Clock } from './support/clock.js';
import { Deployment } from './support/deployment.js';
import { finalRead } from './support/final-read.js';
import { ScenarioReport } from './support/scenario-report.js';

const LIMIT = 5;
const WINDOW_SECONDS = 1;
const ASK_EVERY_MS = 50;
const GIVE_UP_SECONDS = 10;

describe('8. The clock of the service jumps', () => {
  let clock: Clock;
  let deployment: Deployment;
  let client: ChatClient;

  beforeAll(async () => {
    clock = new Clock();
    deployment = await Deployment.start({
      replicas: 1,
      settings: { ...clock.settings, RATE_LIMITING_ENABLED: 'true', CHAT_RATE_LIMIT: `${LIMIT}/second` },
    });
    client = new ChatClient(deployment.balancer.url);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
    clock.remove();
  });

  let sent = 0;
  /** Sends one message and waits out the limit; returns how long that took, in seconds. */
  async function send(token: string): Promise<number | undefined> {
    const startedAt = performance.now();
    const key = `key-${sent}`;
    const message = `message ${sent}`;
    sent += 1;
    for (;;) {
      const { record } = await client.send({ token, message, key });
      const seconds = (performance.now() - startedAt) / 1_000;
      if (record.result === 'ok') return seconds;
      if (record.problem !== 'rate_limited' || seconds > GIVE_UP_SECONDS) return undefined;
      await delay(ASK_EVERY_MS);
    }
  }

  /** Uses the window up, lets the clock jump, and tells how long the next message then had to wait. */
  async function lockOutAfter(token: string, hours: number): Promise<number | undefined> {
    for (let count = 0; count < LIMIT; count += 1) {
      await send(token);
    }
    await clock.shiftTo(hours);
    return send(token);
  }

  const problemFor = async (token: string): Promise<string> => {
    const { body } = await new ApiClient(deployment.balancer.url).call('GET', '/auth/session', { token });
    return body['code'] === undefined ? 'accepted' : (body['code'] as string);
  };

  it('should let tokens expire, lock nobody out, and keep the order', async () => {
    const { replicas, balancer, postgres } = deployment;
    const [token = ''] = await client.signIn(1);
    const report = new ScenarioReport('8. The clock of the service 1 h back and 25 h ahead, while it runs');
    report.did('PostgreSQL keeps the true time; the limit is used up before each jump, then tried again');

    const backwards = await lockOutAfter(token, -1);
    const withOldToken = await problemFor(token);
    const forwards = await lockOutAfter(token, 20);
    const [tokenOfTomorrow = ''] = await client.signIn(1);
    const tomorrow = await send(tokenOfTomorrow);
    await clock.shiftTo(25);
    const expired = await problemFor(token);
    await clock.shiftTo(20);
    const home = await lockOutAfter(tokenOfTomorrow, 0);
    const afterwards = await problemFor(token);

    const order = await postgres.query<{
      content: string;
      sequence: number;
      timestamp: Date;
      session_id: string;
    }>(
      `SELECT content, sequence, timestamp, session_id FROM chat_messages WHERE message_type = 'user'
        ORDER BY session_id, sequence`,
    );
    const outOfOrder = order.filter((turn, index) => {
      const before = order[index - 1];
      return (
        before?.session_id === turn.session_id &&
        (Number(/\d+/.exec(turn.content)) < Number(/\d+/.exec(before.content)) ||
          turn.timestamp < before.timestamp)
      );
    });
    // What limits allow is measured from the moment at which the window was used up.
    const bar = WINDOW_SECONDS + 1;
    report
      .calls(client.calls)
      .turns(await finalRead(balancer.url, [token, tokenOfTomorrow], client.acknowledged))
      .atMost('wait after the jump 1 h back', backwards, bar, ' s')
      .atMost('wait after the jump 21 h ahead', forwards, bar, ' s')
      .atMost('wait of a session that was opened at 20 h ahead', tomorrow, bar, ' s')
      .atMost('wait after the jump 20 h back', home, bar, ' s')
      .atMost('messages out of order', outOfOrder.length, 0, '')
      .atMost(
        'processes that ended by themselves',
        replicas.reduce((sum, { crashes }) => sum + crashes, 0),
        0,
        '',
      )
      .note(
        `the first token: ${withOldToken} at 1 h back, ${expired} at 25 h ahead, ${afterwards} at home again`,
      )
      .conclude();
    expect([withOldToken, expired, afterwards]).toEqual(['accepted', 'token_expired', 'accepted']);
  });
});
