/** How full a window is. */
export interface WindowState {
  /** Requests counted in it, refused ones included. */
  readonly hits: number;
  /** Milliseconds until it ends and the count starts anew. */
  readonly remainingMs: number;
}

/**
 * Counts in fixed windows: a window opens with the first request for its key and lasts `windowMs`. The first
 * `limit` requests of a window are accepted, whatever is sent after them, so a caller that keeps trying is
 * served again as soon as the window is over.
 */
export interface FixedWindows {
  /** Counts a request. */
  hit(key: string, windowMs: number): Promise<WindowState>;
  /** Reads without counting. */
  read(key: string, windowMs: number): Promise<WindowState>;
}
