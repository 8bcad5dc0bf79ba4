import type { FactoryProvider } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { CodeMailer } from './code-mailer.js';
import { LogCodeMailer } from './log-code.mailer.js';
import { SmtpCodeMailer } from './smtp-code.mailer.js';

/** The way of sending that the configuration names; its rules see to it that SMTP has a server and a sender. */
export const CODE_MAILER: FactoryProvider<CodeMailer> = {
  provide: CodeMailer,
  inject: [Configuration],
  useFactory: ({ mail: { transport, smtpUrl, from } }: Configuration) =>
    transport === 'smtp' && smtpUrl !== undefined && from !== undefined
      ? new SmtpCodeMailer(smtpUrl, from)
      : new LogCodeMailer(),
};
