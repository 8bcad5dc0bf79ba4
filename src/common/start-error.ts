import { ConfigurationError } from '../config/configuration-error.js';

/** A fault of the start that the operator can mend: told in plain words, without a stack. */
export class StartError extends Error {}

/** Says on standard error why a command could not do its work, and sets the exit code: 78 for settings, else 1. */
export function tellStartFailure(error: unknown): void {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  const text =
    error instanceof Error ? (error instanceof StartError ? error.message : error.stack) : String(error);
  process.stderr.write(`Parley could not start: ${text}\n`);
  process.exitCode = 1;
}
