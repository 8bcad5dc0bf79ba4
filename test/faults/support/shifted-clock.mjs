/**
 * Loaded into a replica by the clock scenario (`node --import`): shifts the clock of the day by as many milliseconds
 * as the file FAULTS_CLOCK_FILE says, also while the process runs. What only measures how long something takes
 * (`performance.now`, timers) goes on as before, as on a machine whose clock somebody has set.
 */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 20;
const TrueDate = Date;
let shiftMs = 0;

function look() {
  shiftMs = Number(readFileSync(process.env.FAULTS_CLOCK_FILE, 'utf8'));
}

class ShiftedDate extends TrueDate {
  constructor(...parts) {
    if (parts.length === 0) {
      super(TrueDate.now() + shiftMs);
    } else {
      super(...parts);
    }
  }

  static now() {
    return TrueDate.now() + shiftMs;
  }
}

look();
setInterval(look, LOOK_EVERY_MS).unref();
globalThis.Date = ShiftedDate;
