import type { AcceptedStreamEvent, DeltaStreamEvent, DoneStreamEvent, ErrorStreamEvent } from './api.js';
import { ParleyProblem, ParleyUnreachable } from './problem.js';
import type { ServerSentEvent } from './sse.js';
import type { Call, Transport } from './transport.js';

/** What was told of this turn is void, and it is told anew: forget its text. */
export interface ResetEvent {
  readonly type: 'reset';
}

export type TurnEvent = AcceptedStreamEvent | DeltaStreamEvent | DoneStreamEvent | ResetEvent;

export interface SendOptions {
  /** One value for one message; made up when left out. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

type WireEvent = Exclude<TurnEvent, ResetEvent> | ErrorStreamEvent;

/** A turn is answered anew when the process that answered it dies; more often than this is no accident. */
const MOST_RESETS = 3;

/** Follows one turn over as many connections as it takes. */
export class TurnStream {
  private messageId: string | undefined;
  private lastEventId: string | undefined;
  private sequence = -1;
  private mustSendAgain = true;
  private resets = 0;

  constructor(
    private readonly transport: Transport,
    private readonly message: string | undefined,
    private readonly key: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Reads a turn that was sent before. */
  static of(transport: Transport, messageId: string, signal: AbortSignal | undefined): TurnStream {
    const stream = new TurnStream(transport, undefined, '', signal);
    stream.messageId = messageId;
    return stream;
  }

  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const attempts = this.transport.attempts(this.signal);
    let hasRenewed = false;
    for (;;) {
      const { token } = this.transport;
      try {
        for await (const received of this.transport.events(this.nextCall())) {
          const event = this.take(received);
          if (event !== undefined) {
            attempts.succeeded();
            yield event;
          }
          if (event?.type === 'done') {
            return;
          }
        }
        throw new ParleyUnreachable(new Error('The stream ended early.'));
      } catch (error) {
        if (this.startsAnew(error)) {
          yield { type: 'reset' };
        } else if (
          this.lastEventId === undefined &&
          !hasRenewed &&
          (await this.transport.renew(error, token))
        ) {
          hasRenewed = true;
        } else {
          await attempts.waitAfter(error);
        }
      }
    }
  }

  private nextCall(): Call {
    if (this.messageId === undefined || (this.mustSendAgain && this.message !== undefined)) {
      return {
        method: 'POST',
        path: '/chat/stream',
        body: { message: this.message },
        headers: { 'idempotency-key': this.key },
        signal: this.signal,
      };
    }
    return {
      method: 'GET',
      path: `/chat/messages/${encodeURIComponent(this.messageId)}/stream`,
      ...(this.lastEventId === undefined ? {} : { headers: { 'last-event-id': this.lastEventId } }),
      signal: this.signal,
    };
  }

  private take({ id, data }: ServerSentEvent): TurnEvent | undefined {
    const event = JSON.parse(data) as WireEvent;
    if (event.type === 'error') {
      throw new ParleyProblem({ code: event.code, detail: event.detail });
    }
    const sequence = Number(id.slice(id.lastIndexOf(':') + 1));
    if (sequence <= this.sequence) {
      return undefined;
    }
    this.sequence = sequence;
    this.lastEventId = id;
    if (event.type === 'accepted') {
      this.messageId = event.message_id;
      this.mustSendAgain = false;
    }
    // Kinds of event that came with a newer service mean nothing here.
    return ['accepted', 'delta', 'done'].includes(event.type) ? event : undefined;
  }

  /** Whether the turn is to be read from its start. */
  private startsAnew(error: unknown): boolean {
    const code = error instanceof ParleyProblem ? error.code : undefined;
    const isRestarted = code === 'turn_restarted';
    // Sending it again is what makes somebody take the turn over.
    const isInterrupted = code === 'turn_interrupted' && this.message !== undefined;
    if (!(isRestarted || isInterrupted) || this.resets === MOST_RESETS) {
      return false;
    }
    this.resets += 1;
    this.mustSendAgain = isInterrupted;
    this.sequence = -1;
    this.lastEventId = undefined;
    return true;
  }
}
