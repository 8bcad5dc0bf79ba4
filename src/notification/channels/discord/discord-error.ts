import { ChannelUnavailable, DeliveryPostponed, DeliveryRefused } from '../../delivery/delivery-errors.js';

/** Discord's own error codes, as far as they are told apart. */
export const DISCORD_CODE = {
  unknownChannel: 10_003,
  unknownMember: 10_007,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooManyReactions: 30_010,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  wrongChannelType: 50_024,
  invalidWebhookToken: 50_027,
  archivedThread: 50_083,
  reactionBlocked: 90_001,
  threadExists: 160_004,
  threadLocked: 160_005,
} as const;

const MENDS: ReadonlyMap<number, string> = new Map([
  [
    DISCORD_CODE.unknownChannel,
    'Discord knows no channel with this id; put the id of a text channel, of a server that the bot is in, into DISCORD_CHANNEL_ID',
  ],
  [
    DISCORD_CODE.missingAccess,
    'the bot may not see the channel of DISCORD_CHANNEL_ID; invite it to the server, and give it "View Channel" there',
  ],
  [
    DISCORD_CODE.wrongChannelType,
    'the channel of DISCORD_CHANNEL_ID cannot hold threads; name a text channel',
  ],
]);
const MISSING_PERMISSIONS =
  'the bot lacks a permission in the channel of DISCORD_CHANNEL_ID; give it "View Channel", "Send Messages", "Embed Links", "Read Message History", "Create Public Threads", "Send Messages in Threads", "Manage Threads" and, for a desk, "Add Reactions"';

export const WRONG_TOKEN =
  'Discord refuses the token of the bot; put the one that the Developer Portal shows for it into DISCORD_BOT_TOKEN';

const SHORTEST_POSTPONEMENT_MS = 250;

/** The code Discord gave an error of its API; undefined for any other error. */
export function discordCode(error: unknown): number | undefined {
  return isRecord(error) && typeof error['code'] === 'number' && 'rawError' in error
    ? error['code']
    : undefined;
}

/** What an error of the Discord library means for a delivery. Never passes on what Discord has answered. */
export function toDeliveryError(error: unknown): Error {
  if (!isRecord(error)) {
    return new ChannelUnavailable('Discord does not answer', 'outage');
  }
  if (typeof error['retryAfter'] === 'number') {
    return postponement(error);
  }
  const { status } = error;
  const code = discordCode(error);
  if (typeof status !== 'number') {
    return new ChannelUnavailable(`Discord does not answer (${describe(error)})`, 'outage');
  }
  if (status >= 500) {
    return new ChannelUnavailable(`Discord answers ${status}`, 'outage');
  }
  if (status === 401) {
    return new ChannelUnavailable(WRONG_TOKEN, 'settings');
  }
  const mend = MENDS.get(code ?? 0) ?? (status === 403 ? MISSING_PERMISSIONS : undefined);
  return mend === undefined
    ? new DeliveryRefused(`Discord refuses it (${status}, code ${code ?? 0})`)
    : new ChannelUnavailable(mend, 'settings');
}

function postponement(error: Record<string, unknown>): DeliveryPostponed {
  const { retryAfter, timeToReset } = error;
  const wait = Math.max(...[retryAfter, timeToReset].filter((each) => typeof each === 'number'));
  return new DeliveryPostponed(
    Math.max(wait, SHORTEST_POSTPONEMENT_MS),
    error['global'] === true ? 'channel' : 'session',
  );
}

function describe(error: Record<string, unknown>): string {
  const cause = isRecord(error['cause']) ? error['cause'] : error;
  const word = typeof cause['code'] === 'string' ? cause['code'] : cause['name'];
  return typeof word === 'string' ? word : 'unknown error';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
