import { Injectable, Logger } from '@nestjs/common';
import { validationProblem } from '../common/http/request-validation.pipe.js';
import { Metrics } from '../common/metrics/metrics.js';
import { Configuration } from '../config/configuration.js';
import { Sanitiser } from '../security/sanitiser/sanitiser.service.js';
import { Screening, type ScreeningResult } from '../security/screening/screening.service.js';

/** A message on its way in. */
export interface IncomingMessage {
  /** As it was sent: what an idempotency key stands for. */
  readonly received: string;
  /** Sanitised: as it is stored and shown to a model. Can be empty where the message is blocked. */
  readonly text: string;
  /** What screening found; undefined where it is turned off. */
  readonly screening: ScreeningResult | undefined;
  /** Why it must not reach a model; undefined where it may. */
  readonly blockedBy: ScreeningResult | undefined;
}

/** What happens to a message before it is accepted. Screening sees it as it was sent, with all its tricks. */
@Injectable()
export class MessageIntake {
  private readonly logger = new Logger('Screening');
  private readonly mode: Configuration['security']['screeningMode'];

  constructor(
    private readonly screening: Screening,
    private readonly sanitiser: Sanitiser,
    private readonly metrics: Metrics,
    configuration: Configuration,
  ) {
    this.mode = configuration.security.screeningMode;
  }

  /** @throws {Problem} `validation_failed` where nothing but live HTML was sent. */
  async take(received: string): Promise<IncomingMessage> {
    const screening = this.mode === 'off' ? undefined : this.screening.screen(received);
    const blockedBy = this.mode === 'block' && screening?.verdict === 'block' ? screening : undefined;
    const text = await this.sanitiser.sanitise(received);
    if (text.trim() === '' && blockedBy === undefined) {
      throw validationProblem([{ field: 'message', message: 'must hold text besides HTML' }]);
    }
    return { received, text, screening, blockedBy };
  }

  /** Says what was found in a message that has just become a turn: rules and weight, never the text. */
  report({ screening, blockedBy }: IncomingMessage, messageId: string): void {
    if (screening === undefined) {
      return;
    }
    this.metrics.screenedMessages.inc({ verdict: screening.verdict, mode: this.mode });
    if (screening.verdict === 'allow') {
      return;
    }
    for (const rule of screening.reasons) {
      this.metrics.screeningRuleHits.inc({ rule });
    }
    this.logger.warn({
      msg: blockedBy === undefined ? 'message would be blocked' : 'message blocked',
      message_id: messageId,
      rules: screening.reasons,
      score: screening.score,
      policy_version: screening.policyVersion,
    });
  }
}
