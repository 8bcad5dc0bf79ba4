import type { Format } from './format.js';

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): Format<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    parse: (text) => (/^\d{1,15}$/.test(text) ? within(Number(text), min, max) : undefined),
  };
}

/** A number in plain decimal notation within bounds, both included. */
export function decimalNumber(min: number, max: number): Format<number> {
  return {
    accepts: `a number from ${min} to ${max}`,
    parse: (text) => (/^\d{1,15}(\.\d{1,15})?$/.test(text) ? within(Number(text), min, max) : undefined),
  };
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}
