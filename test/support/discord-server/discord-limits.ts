/** Discord's own limit on messages to one channel, with the headers that announce it. */
export class ChannelLimits {
  private readonly windows = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  /** Counts one; says what the headers say, and whether it was one too many. */
  count(channelId: string): {
    readonly headers: Record<string, string>;
    readonly retryAfterSeconds: number | undefined;
  } {
    const now = Date.now();
    const open = this.windows.get(channelId);
    const window =
      open === undefined || open.endsAt <= now ? { count: 0, endsAt: now + this.windowMs } : open;
    this.windows.set(channelId, window);
    window.count += 1;
    const leftSeconds = (window.endsAt - now) / 1_000;
    return {
      headers: {
        'x-ratelimit-limit': String(this.limit),
        'x-ratelimit-remaining': String(Math.max(0, this.limit - window.count)),
        'x-ratelimit-reset-after': String(leftSeconds),
        'x-ratelimit-bucket': 'messages',
      },
      retryAfterSeconds: window.count > this.limit ? leftSeconds : undefined,
    };
  }
}
