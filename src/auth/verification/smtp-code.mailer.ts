import { Logger } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { CodeMailer } from './code-mailer.js';
import type { CodeMail } from './mail-seal.js';
import { CODE_LIFETIME_SECONDS } from './sign-in-code.js';

const CONNECTION_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;

/** What the library adds to an error of the SMTP conversation. */
interface SmtpFailure {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** Sends codes through a mail server. */
export class SmtpCodeMailer extends CodeMailer {
  private readonly logger = new Logger('Mail');
  private transporter: Promise<Transporter> | undefined;

  constructor(
    private readonly url: string,
    private readonly from: string,
  ) {
    super();
  }

  override async send(codeId: string, { email, code }: CodeMail): Promise<'sent' | 'refused'> {
    this.transporter ??= connect(this.url);
    try {
      await (
        await this.transporter
      ).sendMail({
        // The same for every try, so that a mail that arrives twice can be recognised.
        messageId: `<${codeId}@${this.from.slice(this.from.lastIndexOf('@') + 1)}>`,
        from: { name: '', address: this.from },
        to: { name: '', address: email },
        subject: 'Your sign-in code',
        text: textOf(code),
        // RFC 3834: nobody's out-of-office answer is wanted.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return 'sent';
    } catch (error) {
      const { code: reason, command, responseCode } = error as SmtpFailure;
      // Never the server's words: they may quote the address.
      this.logger.warn({
        msg: 'mail not sent',
        code_id: codeId,
        error_code: reason,
        smtp_command: command,
        smtp_code: responseCode,
      });
      if (isRefusedForGood(error as SmtpFailure)) {
        return 'refused';
      }
      throw error;
    }
  }
}

/** Of this recipient or this mail, that is: a refused password is the operator's to mend, and the mail waits. */
function isRefusedForGood({ command, responseCode = 0 }: SmtpFailure): boolean {
  return responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
}

async function connect(url: string): Promise<Transporter> {
  // Loaded when first needed: most services never send mail.
  const { createTransport } = await import('nodemailer');
  return createTransport({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // A password is not sent in clear because somebody on the way took STARTTLS out of the server's answer.
    requireTLS: new URL(url).password !== '',
    // Last, because its query may set any option of the library.
    url,
  });
}

/** Short lines of ASCII: they travel as they are, so that the code can be copied from any view of the mail. */
function textOf(code: string): string {
  return `${code}

This is your sign-in code. It works once, for ${CODE_LIFETIME_SECONDS / 60} minutes.

Never pass it on. If you did not ask for it, ignore this mail:
nobody can sign in without the code.
`;
}
