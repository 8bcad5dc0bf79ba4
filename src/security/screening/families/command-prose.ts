import { isValue, lineAround } from './command-line.js';

/** An item of a list or table: `name | id | date`. */
const ITEM = /^ ?(?!sleep \d|ping \d)[\p{L}\p{M}_-][\p{L}\p{M}'_*" -]{1,30}\d{0,3}[.!?:,]? ?$/u;
const MIN_ITEMS = 3;
const TABLE_ROW = /^\|.{1,300}\|$/;
const TABLE = /\|[ \n]{0,2}:?-{1,80}:?[ \n]{0,2}\||\|\n ?\|[^|\n]{0,80}\|/;
/** A word that ends a sentence or stands in a list, as opposed to a value of a form field. */
const PLAIN_WORD = /(?:^|[\s"'()/*])#?[\p{L}\p{M}\d'/*-]{1,40}["')*]?$/u;
/** No sentence ends with these, so what follows is not a payload behind one: `the & sleep 42`. */
const UNFINISHED =
  /(?:^|\s)(?:the|an?|my|your|our|his|their|of|and|or|but|with|from|for|is|are|was|were|not|no|if|when|because|than|very)$/;

export function endsInWord(text: string): boolean {
  return PLAIN_WORD.test(text);
}

export function isUnfinished(text: string): boolean {
  return UNFINISHED.test(text);
}

/** Whether the line around `at` is items between marks, as in a table, a list or a file of values. */
export function isListed(text: string, at: number, mark: string): boolean {
  if (mark.length > 1) return false;
  const line = lineAround(text, at);
  if (mark === '|' && TABLE_ROW.test(line.trim()) && TABLE.test(text)) return true;
  const items = line.split(mark).filter((item) => item.trim() !== '');
  if (items.length < MIN_ITEMS) return false;
  const gluedToNameOnly = /\s/.test(text[at - 1] ?? ' ') && text[at + 1] !== ' ';
  return !gluedToNameOnly && items.every((item, index) => ITEM.test(index === 0 ? item.slice(-30) : item));
}

/** `the name & id of it`, `any; id account`: a column or field rather than the command of that name. */
export function isColumn(separator: {
  readonly mark: string;
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly spaced: boolean;
  readonly detached: boolean;
}): boolean {
  const { mark, name, left, right, spaced, detached } = separator;
  if (name !== 'id' || !spaced || !endsInWord(left)) return false;
  return mark === '&' || right.trim() !== '' || !(isValue(left) || detached);
}
