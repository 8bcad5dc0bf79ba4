import { bulkhead } from 'cockatiel';

/** Of the calls that may run, how many more may wait for one of them to end. */
const QUEUE_SHARE = 1 / 4;

/** The places for calls to one model at the same time: a slow model must not gather every turn of the service. */
export class CallSlots {
  private readonly places: ReturnType<typeof bulkhead>;

  constructor(limit: number) {
    this.places = bulkhead(limit, Math.ceil(limit * QUEUE_SHARE));
  }

  /**
   * Waits for a place, which is kept until the returned function is called. Undefined when those who wait
   * are too many already, or when the signal aborts first. Those who give up count among those who wait
   * until it would have been their turn.
   */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    const taken = Promise.withResolvers<(() => void) | undefined>();
    const ended = Promise.withResolvers<undefined>();
    const giveUp = (): void => taken.resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    // It rejects only where there is no place, or where the signal has aborted.
    this.places
      .execute(() => {
        taken.resolve(() => ended.resolve(undefined));
        return signal.aborted ? undefined : ended.promise;
      }, signal)
      .catch(giveUp);
    try {
      return await taken.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}
