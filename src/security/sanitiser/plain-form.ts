import { applyEdits, type Edit } from './edit.js';
import { unsafeDestinations } from './destinations.js';

const MARKUP = /<(?=[a-z/!?])/gi;
const LINK = /\](?=[(:])/g;

/**
 * A form of the text that is safe whatever a parser makes of it, in code too: a space after each `<` that could
 * start markup, and after each `]` that could start a destination if one of them is unsafe. It takes linear time
 * and is for text that is too long to parse or was built to withstand the other way.
 */
export function plainForm(text: string): string {
  const edits: Edit[] = [];
  const spaceAfter = (index: number): void => {
    edits.push({ start: index + 1, end: index + 1, replacement: ' ' });
  };
  for (const { index } of text.matchAll(MARKUP)) spaceAfter(index);
  if (unsafeDestinations(text).length > 0) for (const { index } of text.matchAll(LINK)) spaceAfter(index);
  return applyEdits(text, edits);
}
