/** How the suite runs; docs/fault-suite.md explains both. */
export type FaultsForm = 'short' | 'long';

const LARGEST_SEED = 2 ** 31;

function readForm(): FaultsForm {
  const form = process.env['FAULTS_FORM'] ?? 'short';
  if (form !== 'short' && form !== 'long') {
    throw new Error(`FAULTS_FORM is "${form}"; it can be short or long`);
  }
  return form;
}

function readSeed(): number {
  const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % LARGEST_SEED);
  if (!Number.isInteger(seed) || seed < 0 || seed >= LARGEST_SEED) {
    throw new Error('FAULTS_SEED must be a whole number from 0 to 2147483647');
  }
  return seed;
}

export const FORM: FaultsForm = readForm();
export const SEED: number = readSeed();

/** The figure for the form that runs: `long` holds those of the acceptance. */
export function byForm<T>(figures: Readonly<Record<FaultsForm, T>>): T {
  return figures[FORM];
}
