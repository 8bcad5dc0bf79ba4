import type { APIUser } from 'discord.js';

/** What stands for something only Discord knows: a member, a role, a channel, a command, an emoji, a time. */
const MARK = /<(?:@!?(\d+)|@&(\d+)|#(\d+)|\/([^:<>]+):\d+|a?:(\w+):\d+|t:(-?\d{1,12})(?::\w)?)>/g;

/** A text of Discord as somebody can read it who is not there: names for marks, and no ids. */
export function plainText(content: string, mentions: readonly APIUser[]): string {
  const names = new Map(mentions.map((user) => [user.id, user.global_name ?? user.username]));
  return content.replace(
    MARK,
    (
      mark,
      user?: string,
      role?: string,
      channel?: string,
      command?: string,
      emoji?: string,
      time?: string,
    ) => {
      if (user !== undefined) {
        return `@${names.get(user) ?? 'somebody'}`;
      }
      if (role !== undefined || channel !== undefined) {
        return role === undefined ? '#channel' : '@team';
      }
      if (command !== undefined || emoji !== undefined) {
        return command === undefined ? `:${emoji ?? ''}:` : `/${command}`;
      }
      const date = new Date(Number(time) * 1_000);
      return Number.isNaN(date.getTime()) ? mark : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    },
  );
}
