import { createHash, createHmac } from 'node:crypto';
import { ChannelUnavailable, DeliveryPostponed } from '../delivery/delivery-errors.js';
import { OperatorNotices } from '../delivery/operator-notices.js';
import type { Fact, Notification, NotificationChannel } from '../notification.js';
import type { ChannelKind } from './channel-kind.js';

const TIMEOUT_MS = 10_000;
const MAX_POSTPONEMENT_MS = 60_000;
const GONE = 410;
const ASKS_FOR_TIME = [429, 503];

const TYPES: Readonly<Record<Fact, string>> = {
  SessionStarted: 'session.started',
  SessionEnded: 'session.ended',
  MessageReceived: 'message.received',
  MessageBlocked: 'message.blocked',
  ReplyCompleted: 'reply.completed',
  ReplyFailed: 'reply.failed',
  PromptLeaked: 'prompt.leaked',
  HistoryErased: 'history.erased',
};

/**
 * Posts each fact to an address of the operator's, signed as the Standard Webhooks specification says
 * (https://www.standardwebhooks.com). It holds ids and what the fact says, never a message or an address. The
 * id is the same at every attempt, so a receiver can leave out what it has seen.
 */
class WebhookChannel implements NotificationChannel {
  readonly name: string;
  readonly notices: OperatorNotices;

  constructor(
    private readonly url: string,
    private readonly key: Buffer,
  ) {
    // Named after its address, so that another order of WEBHOOK_URLS changes nothing.
    this.name = `webhook-${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
    this.notices = new OperatorNotices(this.name);
  }

  wants(): boolean {
    return true;
  }

  describeVisitor(): undefined {
    return undefined;
  }

  async deliver(notification: Notification): Promise<void> {
    const body = JSON.stringify(payload(notification));
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Parley',
        ...this.sign(notification, body),
      },
      body,
      // A redirect would hand what was signed for one address to another.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new ChannelUnavailable(`a webhook does not answer (${describe(error)})`, 'outage');
    });
    await response.body?.cancel();
    this.assertTaken(response);
  }

  /** What is signed is the id, the time of this attempt in seconds, and the body. */
  private sign({ id }: Notification, body: string): Record<string, string> {
    const messageId = `msg_${id}`;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', this.key)
      .update(`${messageId}.${timestamp}.${body}`)
      .digest('base64');
    return {
      'webhook-id': messageId,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
  }

  private assertTaken({ ok, status, headers }: Response): void {
    if (ok) {
      return;
    }
    const retryAfterMs = Number(headers.get('retry-after')) * 1_000;
    if (ASKS_FOR_TIME.includes(status) && retryAfterMs > 0) {
      throw new DeliveryPostponed(Math.min(retryAfterMs, MAX_POSTPONEMENT_MS), 'channel');
    }
    if (status === GONE) {
      throw new ChannelUnavailable('a webhook is gone (410); take it out of WEBHOOK_URLS', 'settings');
    }
    const isTheirs = status >= 500 || ASKS_FOR_TIME.includes(status);
    throw new ChannelUnavailable(`a webhook answers ${status}`, isTheirs ? 'outage' : 'settings');
  }
}

function payload({ fact, sessionId, messageId, replyId, details, happenedAt }: Notification): object {
  return {
    type: TYPES[fact],
    timestamp: happenedAt.toISOString(),
    data: {
      session_id: sessionId,
      message_id: messageId,
      reply_id: replyId,
      reason: details.reason,
      outcome: details.outcome,
      rule_ids: details.ruleIds,
      model: details.model ?? undefined,
      duration_ms: details.durationMs === undefined ? undefined : Math.round(details.durationMs),
    },
  };
}

function describe(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : typeof cause;
}

export const webhookChannel: ChannelKind = {
  isEnabled: ({ webhooks }) => webhooks.urls.length > 0,
  create: ({ settings: { webhooks } }) => {
    const key = Buffer.from(webhooks.secret ?? '', 'base64');
    return Promise.resolve(webhooks.urls.map((url) => new WebhookChannel(url, key)));
  },
};
