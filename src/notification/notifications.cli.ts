import { tellStartFailure } from '../common/start-error.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { readEnvironment } from '../config/read-environment.js';
import { openDatabase } from '../database/open-database.js';
import { FailedNotifications } from './delivery/failed-notifications.js';

const USAGE = `Usage: npm run notifications -- failed               what was not delivered, by channel and reason
       npm run notifications -- retry [channel]      try it again
       npm run notifications -- discard <channel>    forget it, for a channel that is no longer in use
`;
const EXIT_USAGE = 64;

const say = (message: string): void => void process.stdout.write(`${message}\n`);

async function main([command, channel]: string[]): Promise<void> {
  switch (command) {
    case 'failed':
      return withNotifications(async (notifications) => {
        const counts = await notifications.count();
        for (const each of counts) {
          say(
            `${each.channel}: ${each.count} ${each.failure === undefined ? 'waiting' : `failed: ${each.failure}`}`,
          );
        }
        if (counts.length === 0) {
          say('Everything has been delivered.');
        }
      });
    case 'retry':
      return withNotifications(async (notifications) =>
        say(`${await notifications.retry(channel)} that had failed will be tried again.`),
      );
    case 'discard':
      if (channel !== undefined) {
        return withNotifications(async (notifications) =>
          say(`${await notifications.discard(channel)} forgotten.`),
        );
      }
      break;
    default:
  }
  process.stderr.write(USAGE);
  process.exitCode = EXIT_USAGE;
}

async function withNotifications(work: (notifications: FailedNotifications) => Promise<void>): Promise<void> {
  const { configuration } = loadConfiguration(readEnvironment(process.cwd()), process.cwd(), false);
  const database = await openDatabase(configuration, say);
  try {
    const notifications = await FailedNotifications.open(database.connection);
    try {
      await work(notifications);
    } finally {
      await notifications.close();
    }
  } finally {
    await database.close();
  }
}

main(process.argv.slice(2)).catch(tellStartFailure);
