import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** Header fields by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

type Verdict = 'accept' | { readonly smtpCode: number; readonly at: 'RCPT TO' | 'DATA' };

/** A real mail server on the loopback interface. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** Recipients that were named so far, accepted or not. */
  readonly attempts: string[] = [];
  /** Passwords that clients have sent. */
  readonly passwords: string[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly verdicts: Verdict[] = [];
  private verdictOtherwise: Verdict = 'accept';
  private readonly server: SMTPServer;

  private constructor(offersTls: boolean) {
    this.server = new SMTPServer({
      // Said outright, it also keeps the warning about the built-in certificate off the console.
      logger: false,
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: offersTls ? [] : ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) => {
        this.passwords.push(password ?? '');
        done(null, { user: username });
      },
      onRcptTo: ({ address }, _session, done) => {
        this.attempts.push(address);
        this.tellWaiting();
        done(this.refusal('RCPT TO', address));
      },
      onData: (stream, { envelope }, done) => {
        void text(stream).then((raw) => {
          const to = envelope.rcptTo[0]?.address ?? '';
          const refusal = this.refusal('DATA', to);
          if (refusal === null) {
            const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
            this.mails.push({ from, to, ...parse(raw) });
          }
          this.tellWaiting();
          done(refusal);
        });
      },
    });
    // A client that gives up is part of some tests.
    this.server.on('error', () => undefined);
  }

  static async start({ offersTls = false } = {}): Promise<MailServer> {
    const server = new MailServer(offersTls);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Refuses the next mails with these codes, one after the other. */
  refuseNext(at: 'RCPT TO' | 'DATA', ...smtpCodes: number[]): void {
    this.verdicts.push(...smtpCodes.map((smtpCode) => ({ smtpCode, at })));
  }

  /** Refuses every mail from now on, or accepts it again. */
  refuseAll(smtpCode: number | undefined): void {
    this.verdictOtherwise = smtpCode === undefined ? 'accept' : { smtpCode, at: 'RCPT TO' };
  }

  /** The newest mail to an address, waiting for the `count`th. */
  async mailTo(address: string, count = 1): Promise<ReceivedMail> {
    const received = () => this.mails.filter(({ to }) => to === address);
    await this.until(() => received().length >= count);
    return received().at(-1) as ReceivedMail;
  }

  /** Waits until an address was named as a recipient so many times. */
  attemptsFor(address: string, count: number): Promise<void> {
    return this.until(() => this.attempts.filter((each) => each === address).length >= count);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private refusal(at: 'RCPT TO' | 'DATA', address: string): Error | null {
    const verdict = this.verdicts[0] ?? this.verdictOtherwise;
    if (verdict === 'accept' || verdict.at !== at) {
      return null;
    }
    this.verdicts.shift();
    // As real servers do, the answer quotes the address.
    return Object.assign(new Error(`no mail for <${address}>`), { responseCode: verdict.smtpCode });
  }

  private async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private tellWaiting(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    waiting.forEach((resolve) => resolve());
  }
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const end = raw.indexOf('\r\n\r\n');
  const unfolded = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const headers = unfolded.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), text: raw.slice(end + 4).replaceAll('\r\n', '\n') };
}
