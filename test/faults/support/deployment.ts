import { echo } from '../../support/model-server/model-script.js';
import { ModelServer } from '../../support/model-server/model-server.js';
import { Balancer } from './balancer.js';
import { ChatClient } from './chat-client.js';
import { closedLoad } from './load.js';
import { PostgresInstance } from './postgres-instance.js';
import { Replica } from './replica.js';

export interface DeploymentOptions {
  readonly replicas: number;
  /** Beyond those that make a replica of this deployment. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly postgres?: PostgresInstance;
  readonly modelDelayMs?: number;
}

/** What a company runs: replicas behind a balancer, their PostgreSQL, and a model; all on loopback. */
export class Deployment {
  private constructor(
    readonly postgres: PostgresInstance,
    readonly model: ModelServer,
    readonly replicas: readonly Replica[],
    readonly balancer: Balancer,
  ) {}

  static async start(options: DeploymentOptions): Promise<Deployment> {
    const postgres = options.postgres ?? (await PostgresInstance.start());
    const model = await ModelServer.start({
      isRecording: false,
      reply: echo({ delayMs: options.modelDelayMs ?? 0 }),
    });
    const settings = {
      // As `npm start` and the container have it.
      NODE_OPTIONS: '--max-semi-space-size=1',
      DATABASE_URL: postgres.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      MAX_MESSAGES_PER_SESSION: '1000000',
      ...options.settings,
    };
    const replicas = await Promise.all(
      Array.from({ length: options.replicas }, (_, index) =>
        Replica.create(`replica ${index + 1}`, settings),
      ),
    );
    await Promise.all(replicas.map((replica) => replica.start()));
    return new Deployment(postgres, model, replicas, await Balancer.start(replicas));
  }

  /**
   * Sends so many messages to each replica, so that what is measured afterwards is not the first hundreds of
   * requests, which run code that is not compiled yet.
   *
   * @returns how many messages a second the deployment then answers on this machine, as busy as it is now.
   */
  async warmUp(messages = 300): Promise<number> {
    await this.sendToAll(messages);
    const startedAt = performance.now();
    await this.sendToAll(messages);
    return (this.replicas.length * messages * 1_000) / (performance.now() - startedAt);
  }

  private async sendToAll(messages: number): Promise<void> {
    await Promise.all(
      this.replicas.map(async ({ name, url }) => {
        const client = new ChatClient(url, 8);
        const tokens = await client.signIn(4);
        let sent = 0;
        await closedLoad(
          8,
          () => sent >= messages,
          (writer) => {
            sent += 1;
            const message = `warm up ${name} ${sent}`;
            return client.send({ token: tokens[writer % tokens.length] ?? '', message, key: message });
          },
        );
        await client.close();
      }),
    );
  }

  async stop(): Promise<void> {
    await this.balancer.close();
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.model.close();
    await this.postgres.remove();
  }
}
