import { setTimeout as delay } from 'node:timers/promises';
import { answer, echo, lastUserMessage } from '../support/model-server/model-script.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { finalRead } from './support/final-read.js';
import { Random } from './support/random.js';
import { ScenarioReport } from './support/scenario-report.js';
import { readToEnd, type StreamOutcome } from './support/stream-client.js';

const PER_SECOND = 50;
const STREAM_SHARE = 0.1;
const HISTORY_SHARE = 0.3;
const SESSIONS = 40;
const ROUNDS = byForm({ short: 2, long: 20 });
/** The balancer of the suite asks five times a second; Kubernetes takes longer, and has 5 in the deployment. */
const DELAY_SECONDS = 2;
const STORY = Array.from({ length: 10 }, (_, index) => `word${index}`).join(' ');
/** A stream takes four seconds, so that each stop meets some. */
const DELTA_DELAY_MS = 400;

describe('1. Replicas are restarted one after the other', () => {
  let deployment: Deployment;
  let client: ChatClient;

  beforeAll(async () => {
    deployment = await Deployment.start({
      replicas: 2,
      settings: { SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS) },
    });
    deployment.model.respondWith((request) =>
      lastUserMessage(request).startsWith('stream')
        ? answer(`${lastUserMessage(request)} ${STORY}`, { deltaDelayMs: DELTA_DELAY_MS })
        : echo(),
    );
    client = new ChatClient(deployment.balancer.url, 64);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
  });

  it('should fail no request, and let every stream be read to its end', async () => {
    const random = new Random('rolling-restart');
    const { replicas, balancer } = deployment;
    const tokens = await client.signIn(SESSIONS);
    const streams: Promise<StreamOutcome>[] = [];
    const calls: Promise<unknown>[] = [];
    let isOver = false as boolean;
    const startedAt = performance.now();

    const load = (async () => {
      for (let index = 0; !isOver; index += 1) {
        await delay(Math.max(0, startedAt + (index * 1_000) / PER_SECOND - performance.now()));
        const token = random.pick(tokens);
        const kind = random.next();
        if (kind < STREAM_SHARE) {
          streams.push(readToEnd(balancer.url, token, `stream ${index}`, `stream-${index}`));
        } else if (kind < STREAM_SHARE + HISTORY_SHARE) {
          calls.push(client.readHistory(token, `read-${index}`));
        } else {
          calls.push(client.send({ token, message: `message ${index}`, key: `key-${index}` }));
        }
      }
    })();

    const unclean: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const replica of replicas) {
        const exit = await replica.stop();
        if (exit.code !== 0) {
          unclean.push(`${replica.name}: ${JSON.stringify(exit)}`);
        }
        await replica.start();
        // As a roll-out does: the next one is not stopped before this one is in use.
        while (!balancer.readyReplicas.includes(replica)) {
          await delay(50);
        }
      }
    }
    isOver = true;
    await load;
    await Promise.all(calls);
    const outcomes = await Promise.all(streams);

    const failures = [
      ...client.calls.filter(({ result }) => result !== 'ok').map((record) => JSON.stringify(record)),
      ...outcomes.flatMap((outcome) => outcome.failures),
      ...unclean,
    ];
    const report = new ScenarioReport('1. Rolling restart')
      .did(
        `${ROUNDS} rounds over 2 replicas in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${PER_SECOND} requests a second, ${outcomes.length} of them streams`,
      )
      .calls(client.calls)
      .note(
        `${outcomes.filter(({ resumed }) => resumed > 0).length} streams were read on from another replica`,
      )
      .turns(await finalRead(balancer.url, tokens, client.acknowledged));
    failures.slice(0, 10).forEach((failure) => report.note(failure));
    report
      .atMost('failed requests and unclean stops', failures.length, 0, '')
      .atMost('streams that are not whole', outcomes.filter(({ isWhole }) => !isWhole).length, 0, '')
      .atMost('requests that a replica refused by closing its port', balancer.refused, 0, '')
      .atMost('connections that a replica broke', balancer.badGateways, 0, '')
      .conclude();
    expect(outcomes.some(({ resumed }) => resumed > 0)).toBe(true);
  }, 900_000);
});
