import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import { JobQueue, type JobDefinition } from '../../database/queue/job-queue.js';
import { CodeMailer } from './code-mailer.js';
import { MailSeal } from './mail-seal.js';
import { FORGET_SEALED_MAIL, SELECT_SEALED_MAIL } from './sign-in-code-statements.js';

export const CODE_MAIL_QUEUE = 'sign-in-code';

interface CodeMailJob {
  readonly codeId: string;
}

/**
 * Mails a code. The job holds an id alone, because the queue keeps its jobs for days; the sealed mail lies with the
 * code and is forgotten once it has gone out. A code that has expired meanwhile is not mailed any more.
 */
@Injectable()
export class MailCodeJob implements JobDefinition<CodeMailJob>, OnModuleInit {
  readonly queue = CODE_MAIL_QUEUE;

  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly seal: MailSeal,
    private readonly mailer: CodeMailer,
    private readonly configuration: Configuration,
  ) {}

  onModuleInit(): void {
    if (this.configuration.auth.verifiesEmail) {
      this.jobs.register(this);
    }
  }

  async handle({ codeId }: CodeMailJob): Promise<void> {
    const [row] = await this.database.query<{ sealed_mail: Buffer }>(SELECT_SEALED_MAIL, [codeId]);
    if (row !== undefined) {
      await this.mailer.send(codeId, this.seal.open(codeId, row.sealed_mail));
    }
    await this.database.query(FORGET_SEALED_MAIL, [codeId]);
  }
}
