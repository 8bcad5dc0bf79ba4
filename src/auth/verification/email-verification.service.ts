import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/problem/problem.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../database/queue/job-queue.js';
import { deriveKey } from '../derived-key.js';
import { hashEmail, normaliseEmail } from '../email-address.js';
import { SessionOpener, type SignedInSession } from '../session-opener.js';
import { LOCK_EMAIL } from '../session-statements.js';
import type { Visitor } from '../visitor.js';
import { CODE_MAIL_QUEUE } from './mail-code.job.js';
import { MailSeal } from './mail-seal.js';
import { STORE_CODE, TRY_CODE } from './sign-in-code-statements.js';
import {
  CODE_LIFETIME_SECONDS,
  hashCode,
  MAX_LIVE_CODES,
  newCodeId,
  newSignInCode,
  TRIES_PER_CODE,
} from './sign-in-code.js';

/** Signs visitors in by a code that only a reader of the address's mail can know. */
@Injectable()
export class EmailVerification {
  private readonly codeKey: Buffer;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly sessions: SessionOpener,
    private readonly seal: MailSeal,
    private readonly configuration: Configuration,
  ) {
    this.codeKey = deriveKey(configuration.auth.emailHashKey, 'sign-in-code');
  }

  /**
   * Mails a code to the address. Whether the address is known is not even looked up; one that has been sent too
   * many codes lately gets no further mail, after the same work: its job then finds nothing to send.
   */
  async sendCode(email: string): Promise<void> {
    // The code goes to the spelling that counts: it proves that mailbox and no other.
    const address = normaliseEmail(email);
    const emailHash = this.hashOf(address);
    const code = newSignInCode();
    const id = newCodeId();
    await this.database.transaction(async (transaction) => {
      await Promise.all([
        transaction.query(LOCK_EMAIL, [emailHash]),
        transaction.query(STORE_CODE, [
          id,
          emailHash,
          hashCode(code, emailHash, this.codeKey),
          this.seal.seal(id, { email: address, code }),
          CODE_LIFETIME_SECONDS,
          TRIES_PER_CODE,
          MAX_LIVE_CODES,
        ]),
      ]);
      await this.jobs.send(transaction, CODE_MAIL_QUEUE, { codeId: id }, id);
    });
  }

  /**
   * Opens a session for whoever has the code.
   *
   * @throws {Problem} `invalid_code`, whether it is wrong, used up, expired or was never sent.
   */
  async signIn(visitor: Visitor, code: string): Promise<SignedInSession> {
    const emailHash = this.hashOf(visitor.email);
    const opened = await this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ is_match: boolean }>(TRY_CODE, [
        emailHash,
        hashCode(code, emailHash, this.codeKey),
      ]);
      // Committed in either case: a wrong code has cost a try.
      return row?.is_match === true
        ? this.sessions.open(transaction, visitor, { isEmailVerified: true })
        : undefined;
    });
    if (opened === undefined) {
      throw new Problem('invalid_code', {
        detail: 'The code is wrong, used up or expired; ask for a new one with POST /auth/email.',
      });
    }
    return this.sessions.sign(opened);
  }

  private hashOf(email: string): string {
    return hashEmail(email, this.configuration.auth.emailHashKey);
  }
}
