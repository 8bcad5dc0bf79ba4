import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run bench -- [options]
  --seconds N         how long each route is loaded, per round and server (default 5)
  --rounds N          how often; the figures are medians (default 3)
  --database URL      an existing PostgreSQL whose user may create databases (default: an embedded one)
  --json FILE         also write the figures to FILE
  --cpu-profile DIR   write a CPU profile of the service to DIR; it slows the service down
`;

const OPTIONS = {
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '3' },
  database: { type: 'string' },
  json: { type: 'string' },
  'cpu-profile': { type: 'string' },
};
const MAX_SECONDS = 600;
const MAX_ROUNDS = 100;

/** @throws {TypeError} in words for the caller. */
export function readOptions(parameters) {
  const { values } = parseArgs({ args: parameters, options: OPTIONS });
  const seconds = Number(values.seconds);
  const rounds = Number(values.rounds);
  if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
    throw new TypeError(`--seconds takes a number up to ${MAX_SECONDS}`);
  }
  if (!(Number.isInteger(rounds) && rounds > 0 && rounds <= MAX_ROUNDS)) {
    throw new TypeError(`--rounds takes a whole number up to ${MAX_ROUNDS}`);
  }
  return {
    seconds,
    rounds,
    database: values.database,
    json: values.json,
    profileFolder: values['cpu-profile'],
  };
}
