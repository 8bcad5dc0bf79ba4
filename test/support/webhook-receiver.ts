import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
  };
  readonly isSigned: boolean;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
}

const TOLERANCE_SECONDS = 300;

/** An operator's own server: takes webhooks and checks their signatures as the specification says. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Chooses by what was received; default: 204. */
  answer: (webhook: ReceivedWebhook) => WebhookAnswer = () => ({ status: 204 });
  private readonly http: Server;

  private constructor(private readonly secret: string) {
    this.http = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        const webhook = this.take(request.headers, text);
        const { status, headers } = this.answer(webhook);
        response.writeHead(status, headers).end();
      });
    });
  }

  static async start(secret: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(secret);
    await new Promise<void>((resolve) => receiver.http.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/hook?for=parley`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private take(headers: IncomingHttpHeaders, text: string): ReceivedWebhook {
    const webhook = {
      id: String(headers['webhook-id']),
      headers,
      text,
      body: JSON.parse(text) as ReceivedWebhook['body'],
      isSigned: this.isSigned(headers, text),
    };
    this.received.push(webhook);
    return webhook;
  }

  private isSigned(headers: IncomingHttpHeaders, text: string): boolean {
    const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
      String(headers[`webhook-${name}`]),
    ) as [string, string, string];
    const key = Buffer.from(this.secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
    const isFresh = Math.abs(Date.now() / 1_000 - Number(timestamp)) < TOLERANCE_SECONDS;
    return (
      isFresh &&
      signatures.split(' ').some((each) => {
        const [version, signature = ''] = each.split(',', 2);
        const given = Buffer.from(signature, 'base64');
        return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
      })
    );
  }
}
