import type { CleanedEnv } from 'envalid';
import type { SettingDocumentation } from './setting.js';
import { AI_SETTINGS } from './settings/ai.settings.js';
import { AUTH_SETTINGS } from './settings/auth.settings.js';
import { CHAT_SETTINGS } from './settings/chat.settings.js';
import { HTTP_SETTINGS } from './settings/http.settings.js';
import { MAIL_SETTINGS } from './settings/mail.settings.js';
import { NOTIFICATION_SETTINGS } from './settings/notification.settings.js';
import { SECURITY_SETTINGS } from './settings/security.settings.js';
import { SERVICE_SETTINGS } from './settings/service.settings.js';
import { STORAGE_SETTINGS } from './settings/storage.settings.js';

/** Every environment variable of the service. What is not in this table is never read. */
export const SETTINGS = {
  ...SERVICE_SETTINGS,
  ...HTTP_SETTINGS,
  ...STORAGE_SETTINGS,
  ...AUTH_SETTINGS,
  ...MAIL_SETTINGS,
  ...SECURITY_SETTINGS,
  ...CHAT_SETTINGS,
  ...AI_SETTINGS,
  ...NOTIFICATION_SETTINGS,
};

export type SettingName = keyof typeof SETTINGS;

/** The validated value of each setting; those without a value and a fixed default are undefined. */
export type Settings = CleanedEnv<typeof SETTINGS>;

export interface SettingGroup {
  readonly title: string;
  readonly settings: Readonly<Record<string, { readonly documentation: SettingDocumentation }>>;
}

/** The same settings in groups, as the documents show them. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: 'Service', settings: SERVICE_SETTINGS },
  { title: 'HTTP', settings: HTTP_SETTINGS },
  { title: 'Database and Redis', settings: STORAGE_SETTINGS },
  { title: 'Sessions and tokens', settings: AUTH_SETTINGS },
  { title: 'Mail', settings: MAIL_SETTINGS },
  { title: 'Protection', settings: SECURITY_SETTINGS },
  { title: 'Chat', settings: CHAT_SETTINGS },
  { title: 'Models', settings: AI_SETTINGS },
  { title: 'Notifications', settings: NOTIFICATION_SETTINGS },
];

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
