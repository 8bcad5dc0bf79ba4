import type { Database } from '../../../../database/database.js';
import type { OperatorNotices } from '../../../delivery/operator-notices.js';
import type { ChannelSurroundings } from '../../channel-kind.js';
import type { DiscordApi } from '../discord-api.js';
import type { DiscordGateway } from '../discord-gateway.js';
import { CatchUp } from './catch-up.js';
import { CommandHandler } from './command-handler.js';
import { DeskAnswers } from './desk-answers.js';
import { DeskApi } from './desk-api.js';
import { FORGET_POSITION } from './desk-statements.js';
import { DiscordDesk } from './discord-desk.js';
import { GapReader } from './gap-reader.js';
import { OperatorInbox } from './operator-inbox.js';
import { Operators } from './operators.js';
import { persist } from './persist.js';
import { ReadPosition } from './read-position.js';

/**
 * Opens the desk where somebody may sit at it. Otherwise what is written is between operators, also for a desk that
 * is opened later.
 *
 * @returns what ends its answers.
 */
export function openDesk(
  { settings: { discord }, database, desk, operatorMessages }: ChannelSurroundings,
  discordApi: DiscordApi,
  gateway: DiscordGateway,
  notices: OperatorNotices,
): DeskAnswers | undefined {
  const { operatorRoleIds, channelId = '' } = discord;
  if (operatorRoleIds.length === 0) {
    forgetPosition(database, channelId, gateway);
    return undefined;
  }
  const api = new DeskApi(discordApi);
  const operators = new Operators(operatorRoleIds, api);
  const answers = new DeskAnswers(api, notices);
  const inbox = new OperatorInbox(database, operatorMessages, answers);
  const commands = new CommandHandler(api, desk, inbox, answers);
  const position = new ReadPosition(database, channelId);
  const catchUp = new CatchUp(api, database, operators, inbox, position);
  const gaps = new GapReader(api, catchUp, position, notices, channelId);
  new DiscordDesk(gateway, operators, inbox, commands, gaps, position).open();
  return answers;
}

/** As often as it takes: Discord may be there before the database is. */
function forgetPosition(database: Database, channelId: string, gateway: DiscordGateway): void {
  let holding = new AbortController();
  gateway.on('READY', async () => {
    holding = new AbortController();
    const { signal } = holding;
    await persist(() => database.query(FORGET_POSITION, [channelId]), signal).catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
    });
  });
  gateway.onLost(() => {
    holding.abort();
    return Promise.resolve();
  });
}
