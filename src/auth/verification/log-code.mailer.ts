import { Logger } from '@nestjs/common';
import { CodeMailer } from './code-mailer.js';
import type { CodeMail } from './mail-seal.js';

/** Writes the code to the log, for development without a mail server; the configuration refuses it in production. */
export class LogCodeMailer extends CodeMailer {
  private readonly logger = new Logger('Mail');

  override send(codeId: string, { code }: CodeMail): Promise<'sent'> {
    this.logger.log({ msg: `sign-in code: ${code}`, code_id: codeId });
    return Promise.resolve('sent');
  }
}
