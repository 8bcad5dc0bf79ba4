import { baseUrl } from '../formats/network.formats.js';
import { listOf } from '../formats/list.format.js';
import { apiKey, boolean, snowflake } from '../formats/text.formats.js';
import {
  SAMPLE_WEBHOOK_KEY,
  WEBHOOK_SECRET_PREFIX,
  webhookSecret,
  webhookUrls,
} from '../formats/webhook.formats.js';
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
  DISCORD_OPERATOR_ROLE_IDS: optionalSetting(listOf(snowflake, 'ids of Discord roles, separated by commas'), {
    about: 'Roles whose members may answer visitors on Discord and use the commands there.',
    unset: 'nobody may',
    example: '123456789012345678',
  }),
  DISCORD_SHOW_PERSONAL_DATA: setting(boolean, {
    about:
      'Whether Discord shows e-mail and IP addresses in full, not as a•••@example.com and 203.0.113.0/24.',
    default: 'false',
  }),
  DISCORD_API_URL: setting(baseUrl, {
    about: 'Address of the Discord API.',
    default: 'https://discord.com/api',
  }),
  WEBHOOK_URLS: optionalSetting(webhookUrls, {
    about: 'Addresses of your own that are told each fact, signed; see docs/discord.md.',
    unset: 'none',
    example: 'https://hooks.example.com/parley',
    secret: true,
  }),
  WEBHOOK_SECRET: optionalSetting(webhookSecret, {
    about: 'The secret with which webhooks are signed.',
    unset: 'only possible while WEBHOOK_URLS is not set',
    example: `${WEBHOOK_SECRET_PREFIX}${SAMPLE_WEBHOOK_KEY}`,
    secret: true,
  }),
};
