/** Below this many letters, a name that differs by one letter is often another program's (HOME and HOST). */
const MIN_LETTERS = 6;
const LETTERS_FOR_TWO_SLIPS = 10;

/**
 * Finds variables that were clearly meant to be one of ours: the same letters in another case or with other
 * underscores, a slip of the finger, or a word left out. Anything less clear stays unmentioned, for an
 * environment holds the variables of many other programs.
 *
 * @returns the misspelled names with the right ones.
 */
export function findMisspelledNames(
  environment: Readonly<Record<string, string | undefined>>,
  knownNames: readonly string[],
): Map<string, string> {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  const missing = knownNames.filter((name) => !isSet(name));
  const found = new Map<string, string>();
  for (const name of Object.keys(environment)) {
    const meant =
      isSet(name) && !knownNames.includes(name)
        ? missing.find((known) => isMisspelling(name.toUpperCase(), known))
        : undefined;
    if (meant !== undefined) {
      found.set(name, meant);
    }
  }
  return found;
}

function isMisspelling(name: string, known: string): boolean {
  const letters = name.replaceAll('_', '');
  const knownLetters = known.replaceAll('_', '');
  if (Math.min(letters.length, knownLetters.length) < MIN_LETTERS) {
    return false;
  }
  const allowedSlips = knownLetters.length < LETTERS_FOR_TWO_SLIPS ? 1 : 2;
  return (
    lacksOneWord(name.split('_'), known.split('_')) || slipsBetween(letters, knownLetters) <= allowedSlips
  );
}

/** The first word has to be there: without it, API_KEY would be anybody's. */
function lacksOneWord(words: readonly string[], knownWords: readonly string[]): boolean {
  return (
    words.length >= 2 &&
    knownWords.some((_, index) => index > 0 && knownWords.toSpliced(index, 1).join('_') === words.join('_'))
  );
}

/** How many letters were added, lost, changed, or swapped with their neighbour (optimal string alignment). */
function slipsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + changed,
        at(isSwap ? beforeLast : [], column - 2) + 1,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(costs: readonly number[], column: number): number {
  return costs[column] ?? Infinity;
}
