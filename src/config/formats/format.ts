import { EnvError } from 'envalid';

/** How the text of a setting is read. */
export interface Format<T> {
  /** What is right, to finish the sentence "must be …". */
  readonly accepts: string;
  /** Text of this format may hold a password, so no error may quote it. */
  readonly mayHoldPassword?: boolean | undefined;
  /** The value, or undefined when the text is not of this format. The text is never empty. */
  readonly parse: (text: string) => T | undefined;
}

/**
 * A parser whose errors say what would have been right, and also what was wrong unless that is a secret.
 * Only here is a value ever put into an error.
 */
export function strictly<T>(format: Format<T>, isSecret: boolean): (text: string) => T {
  const isHidden = isSecret || format.mayHoldPassword === true;
  return (text) => {
    const value = format.parse(text);
    if (value === undefined) {
      throw new EnvError(`must be ${format.accepts}${isHidden ? '' : `, but is ${quote(text)}`}`);
    }
    return value;
  };
}

const MAX_QUOTED_LENGTH = 80;

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text);
}
