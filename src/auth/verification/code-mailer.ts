import type { CodeMail } from './mail-seal.js';

/** Where codes are handed over for delivery. Adding a way is one class that extends this. */
export abstract class CodeMailer {
  /**
   * @returns `refused` when the mail server will never take it: trying again would not help.
   * @throws whatever may go better next time.
   */
  abstract send(codeId: string, mail: CodeMail): Promise<'sent' | 'refused'>;
}
