import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'shifted-clock.mjs')).href;
/** A replica looks every 20 ms. */
const NOTICED_WITHIN_MS = 200;

/** The clock of the day of the replicas that are started with its settings; the machine's own stays. */
export class Clock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-faults-clock-'));
  private readonly file = join(this.folder, 'shift');

  constructor() {
    writeFileSync(this.file, '0');
  }

  get settings(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--max-semi-space-size=1 --import=${PRELOAD}`, FAULTS_CLOCK_FILE: this.file };
  }

  async shiftTo(hours: number): Promise<void> {
    writeFileSync(`${this.file}.new`, String(hours * 3_600_000));
    renameSync(`${this.file}.new`, this.file);
    await delay(NOTICED_WITHIN_MS);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
