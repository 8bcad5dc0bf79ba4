import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '../common/metrics/metrics.js';
import { Configuration } from '../config/configuration.js';
import { Screening, type ScreeningResult } from '../security/screening/screening.service.js';

/** A message on its way in. */
export interface IncomingMessage {
  /** As it was sent: what an idempotency key stands for. */
  readonly received: string;
  /** As it is stored and shown to a model. */
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
    private readonly metrics: Metrics,
    configuration: Configuration,
  ) {
    this.mode = configuration.security.screeningMode;
  }

  take(received: string): IncomingMessage {
    const screening = this.mode === 'off' ? undefined : this.screening.screen(received);
    return {
      received,
      text: received,
      screening,
      blockedBy: this.mode === 'block' && screening?.verdict === 'block' ? screening : undefined,
    };
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
