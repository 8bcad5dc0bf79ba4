import type { Format } from './format.js';

/**
 * Items of one format between commas. Spaces around an item and a repeated item change nothing; an empty
 * item is refused, because it is more likely a lost value than a stray comma.
 */
export function listOf<T>(item: Format<T>, accepts: string): Format<readonly [T, ...T[]]> {
  return {
    accepts,
    mayHoldPassword: item.mayHoldPassword,
    parse: (text) => {
      const parts = [...new Set(text.split(',').map((part) => part.trim()))];
      const values = parts.map((part) => (part === '' ? undefined : item.parse(part)));
      return isComplete(values) ? values : undefined;
    },
  };
}

function isComplete<T>(values: readonly (T | undefined)[]): values is readonly [T, ...T[]] {
  return values.length > 0 && values.every((value) => value !== undefined);
}
