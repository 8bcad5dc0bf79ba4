import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** What the service counts about itself, in the words of Prometheus. Labels have few values: no ids, no addresses. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly screenedMessages = new Counter({
    name: 'parley_screened_messages_total',
    help: 'Messages that went through screening, by verdict and mode.',
    labelNames: ['verdict', 'mode'] as const,
    registers: [this.registry],
  });

  readonly screeningRuleHits = new Counter({
    name: 'parley_screening_rule_hits_total',
    help: 'Rules that counted in messages whose verdict was block.',
    labelNames: ['rule'] as const,
    registers: [this.registry],
  });

  readonly limitedRequests = new Counter({
    name: 'parley_rate_limited_requests_total',
    help: 'Requests refused by a rate limit, by action and by what was counted.',
    labelNames: ['action', 'partition'] as const,
    registers: [this.registry],
  });

  readonly endedTurns = new Counter({
    name: 'parley_turns_total',
    help: 'Turns that came to an end, by outcome.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  readonly notifications = new Counter({
    name: 'parley_notifications_total',
    help: 'Notifications, by channel and by what became of them; one may be retried more than once.',
    labelNames: ['channel', 'result'] as const,
    registers: [this.registry],
  });

  readonly housekeeping = new Counter({
    name: 'parley_housekeeping_total',
    help: 'What housekeeping has ended or removed, by kind.',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
}
