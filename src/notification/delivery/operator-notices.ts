import { Logger } from '@nestjs/common';

/**
 * What an operator has to know about a channel: each problem is said once, until it changes, however many parts
 * of the channel run into it.
 */
export class OperatorNotices {
  private readonly logger = new Logger('Notifications');
  private readonly current = new Map<string, string>();

  constructor(private readonly channel: string) {}

  /** `part` is whoever has the problem; `level` is `error` where somebody must act. */
  report(part: string, problem: string, level: 'warn' | 'error'): void {
    const isKnown = [...this.current.values()].includes(problem);
    this.current.set(part, problem);
    if (!isKnown) {
      this.logger[level]({ msg: problem, channel: this.channel, part });
    }
  }

  /** The part has no problem any more. */
  clear(part: string): void {
    this.current.delete(part);
  }

  tell(part: string, message: string): void {
    this.logger.log({ msg: message, channel: this.channel, part });
  }
}
