import { connectionUrl } from '../formats/network.formats.js';
import { mailAddress, oneOf } from '../formats/text.formats.js';
import { optionalSetting } from '../setting.js';

const WITH_CODES = 'only possible while no code is sent by SMTP';
const SMTP_EXAMPLE = 'smtp://user:password@mail.example.com:587';

export const MAIL_SETTINGS = {
  MAIL_TRANSPORT: optionalSetting(oneOf('smtp', 'log'), {
    about: 'How codes are sent: by SMTP, or written to the log (for development; refused in production).',
    unset: 'smtp in production and where SMTP_URL is set, else log',
    example: 'smtp',
  }),
  SMTP_URL: optionalSetting(connectionUrl(['smtp', 'smtps'], SMTP_EXAMPLE), {
    about: 'The mail server; with a password, smtp:// insists on STARTTLS.',
    unset: WITH_CODES,
    example: SMTP_EXAMPLE,
    secret: true,
  }),
  MAIL_FROM: optionalSetting(mailAddress, {
    about: 'The address that mails come from.',
    unset: WITH_CODES,
    example: 'no-reply@example.com',
  }),
};
