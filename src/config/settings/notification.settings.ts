import { baseUrl } from '../formats/network.formats.js';
import { apiKey, boolean, snowflake } from '../formats/text.formats.js';
import { optionalSetting, setting } from '../setting.js';

const WITH_DISCORD = 'only possible while DISCORD_ENABLED is false';

export const NOTIFICATION_SETTINGS = {
  NOTIFICATION_LOG_ENABLED: optionalSetting(boolean, {
    about: 'Whether notifications are also written to the log.',
    unset: 'false in production, else true',
    example: 'true',
  }),
  DISCORD_ENABLED: setting(boolean, {
    about: 'Whether each session gets a thread on Discord; needs a bot token and a channel.',
    default: 'false',
  }),
  DISCORD_BOT_TOKEN: optionalSetting(apiKey, {
    about: 'Token of the Discord bot.',
    unset: WITH_DISCORD,
    example: 'replace-me-with-the-token-of-your-bot',
    secret: true,
  }),
  DISCORD_CHANNEL_ID: optionalSetting(snowflake, {
    about: 'Id of the Discord channel in which the threads are opened.',
    unset: WITH_DISCORD,
    example: '123456789012345678',
  }),
  DISCORD_NOTIFY_MESSAGES: setting(boolean, {
    about: 'Whether the thread also shows the messages and the replies.',
    default: 'true',
  }),
  DISCORD_API_URL: setting(baseUrl, {
    about: 'Address of the Discord API.',
    default: 'https://discord.com/api',
  }),
};
