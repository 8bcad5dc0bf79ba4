/** Never rejects: whoever adds it sees to its failures. Ends soon when the signal says so. */
export type ThreadWork = (signal: AbortSignal) => Promise<void>;

/** Does what is to be done in each thread in order; threads do not wait for each other. Keeps nothing of idle ones. */
export class ThreadQueues {
  private readonly queues = new Map<string, ThreadWork[]>();
  private running = new AbortController();
  private waiting = 0;

  /** How much there is to do, what is being done included. */
  get size(): number {
    return this.waiting + this.queues.size;
  }

  add(threadId: string, work: ThreadWork): void {
    this.waiting += 1;
    const queue = this.queues.get(threadId);
    if (queue !== undefined) {
      queue.push(work);
      return;
    }
    const started = [work];
    this.queues.set(threadId, started);
    void this.run(threadId, started);
  }

  /** Forgets what has not begun, and asks what has begun to end. */
  clear(): void {
    for (const queue of this.queues.values()) {
      queue.length = 0;
    }
    this.waiting = 0;
    this.running.abort();
    this.running = new AbortController();
  }

  private async run(threadId: string, queue: ThreadWork[]): Promise<void> {
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) {
      this.waiting -= 1;
      await work(this.running.signal);
    }
    this.queues.delete(threadId);
  }
}
