import type { Settings } from './settings.js';

/** How mail leaves: as MAIL_TRANSPORT says, else by SMTP in production and wherever a server is named. */
export function mailTransport({
  MAIL_TRANSPORT,
  NODE_ENV,
  SMTP_URL,
}: Pick<Settings, 'MAIL_TRANSPORT' | 'NODE_ENV' | 'SMTP_URL'>): 'smtp' | 'log' {
  return MAIL_TRANSPORT ?? (NODE_ENV === 'production' || SMTP_URL !== undefined ? 'smtp' : 'log');
}
