import { LRUCache } from 'lru-cache';
import type { FixedWindows, WindowState } from './fixed-windows.js';

interface OpenWindow {
  hits: number;
  readonly endsAt: number;
}

/** Bounds the memory (about 20 MB): beyond it the callers heard of longest ago are forgotten. */
const MAX_WINDOWS = 100_000;

/** Windows in this process's memory. */
export class InProcessWindows implements FixedWindows {
  private readonly windows = new LRUCache<string, OpenWindow>({ max: MAX_WINDOWS });

  hit(key: string, windowMs: number): Promise<WindowState> {
    const now = performance.now();
    let window = this.openWindow(key, now);
    if (window === undefined) {
      window = { hits: 0, endsAt: now + windowMs };
      this.windows.set(key, window);
    }
    window.hits += 1;
    return Promise.resolve({ hits: window.hits, remainingMs: window.endsAt - now });
  }

  read(key: string, windowMs: number): Promise<WindowState> {
    const now = performance.now();
    const window = this.openWindow(key, now);
    return Promise.resolve(
      window === undefined
        ? { hits: 0, remainingMs: windowMs }
        : { hits: window.hits, remainingMs: window.endsAt - now },
    );
  }

  private openWindow(key: string, now: number): OpenWindow | undefined {
    const window = this.windows.get(key);
    return window !== undefined && window.endsAt > now ? window : undefined;
  }
}
