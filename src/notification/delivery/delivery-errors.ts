/** This notification can never be delivered. It is kept as failed, and the session's next ones go on. */
export class DeliveryRefused extends Error {}

/** Not now: the other side has said when. */
export class DeliveryPostponed extends Error {
  constructor(
    readonly afterMs: number,
    /** Who has to wait: only this session, or everything that goes to the channel. */
    readonly affects: 'session' | 'channel',
  ) {
    super(`postponed for ${afterMs} ms`);
  }
}

/**
 * The channel takes nothing at all at present. The message is for the operator and names the mend, where there
 * is one other than waiting.
 */
export class ChannelUnavailable extends Error {
  constructor(
    message: string,
    /** `outage` passes by itself; `settings` will not. */
    readonly kind: 'outage' | 'settings',
  ) {
    super(message);
  }
}
