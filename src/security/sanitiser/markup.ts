import { unsafeDestinations } from './destinations.js';

/** What an HTML tokenizer may take for the start of a tag, a comment, a declaration or an instruction. */
const MARKUP = /<[a-z/!?]/i;

/** Whether the text has something that may be markup. */
export function hasMarkup(text: string): boolean {
  return MARKUP.test(text);
}

/** Whether anything has to be looked at closely. If not, the text is stored as it is and no parser is loaded. */
export function needsParsing(text: string): boolean {
  return hasMarkup(text) || unsafeDestinations(text).length > 0;
}
