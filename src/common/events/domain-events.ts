import { Injectable } from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import type { Transaction } from './transaction.js';

type EventClass = abstract new (...args: never[]) => object;

/**
 * Publishes facts inside the transaction that makes them true.
 *
 * A listener gets the event and that transaction. All it may do is write to the same transaction, usually
 * one job on the queue: so a rolled-back fact notifies nobody and a committed one is never forgotten.
 */
@Injectable()
export class DomainEvents {
  constructor(private readonly emitter: EventEmitter2) {}

  /** @throws whatever a listener throws; the caller's transaction must then roll back. */
  async publish(event: object, transaction: Transaction): Promise<void> {
    await this.emitter.emitAsync(event.constructor.name, event, transaction);
  }
}

/** Marks a method `(event, transaction) => Promise<void>` as a listener of one class of domain events. */
export function OnDomainEvent(event: EventClass): MethodDecorator {
  // By default the library logs a listener's error and goes on; here it must undo the transaction.
  return OnEvent(event.name, { suppressErrors: false });
}
