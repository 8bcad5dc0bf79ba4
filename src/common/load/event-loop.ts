import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { StuckLoop } from './stuck-loop.js';

const LOOK_INTERVAL_MS = 500;
const MS_PER_SECOND = 1_000;

/** Looks at the event loop twice a second, for those who act on how late it is. */
@Injectable()
export class EventLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EventLoop.name);
  private readonly delay = new EventLoopDelay();
  private readonly observers: ((delayMs: number) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly judge: StuckLoop,
    private readonly metrics: Metrics,
  ) {}

  /** Whether the process is as good as dead; see {@link StuckLoop}. */
  get isStuck(): boolean {
    return this.judge.isStuck;
  }

  /** Must be called while modules are initialised. */
  onLook(observer: (delayMs: number) => void): void {
    this.observers.push(observer);
  }

  onApplicationBootstrap(): void {
    this.delay.start();
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.delay.stop();
  }

  private look(): void {
    const delayMs = this.delay.take();
    const wasStuck = this.isStuck;
    this.judge.observe(delayMs, performance.now());
    if (this.isStuck !== wasStuck) {
      this.logger.error({ msg: this.isStuck ? 'the event loop is stuck' : 'the event loop turns again' });
    }
    this.metrics.eventLoopDelay.set(delayMs / MS_PER_SECOND);
    this.observers.forEach((observe) => observe(delayMs));
  }
}
