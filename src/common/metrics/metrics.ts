import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

/** Which limit was reached; `stopping` where the process is on its way out. */
export type RefusalReason = 'stopping' | 'connections' | 'requests' | 'turns' | 'streams';

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

  readonly refusedRequests = new Counter({
    name: 'parley_refused_requests_total',
    help: 'Requests refused with 503 because of too much to do or a stop, by the limit that was reached.',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly workInHand = new Gauge({
    name: 'parley_requests_in_hand',
    help: 'Requests being worked on, without those that wait for a model or are streamed.',
    registers: [this.registry],
  });

  readonly workLimit = new Gauge({
    name: 'parley_requests_in_hand_limit',
    help: 'How many of them are let in at present; MAX_IN_FLIGHT_REQUESTS while all is well.',
    registers: [this.registry],
  });

  readonly eventLoopDelay = new Gauge({
    name: 'parley_event_loop_delay_seconds',
    help: 'How late the event loop came to what was due, on average over half a second.',
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
