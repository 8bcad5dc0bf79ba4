import { type Ranges } from './edit.js';

const MARK = /<[^a-z]|<[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>/gi;

/**
 * The text as HTML for DOMPurify: entities stay what they are, code is masked, and so is each `<` that the HTML
 * tokenizer drops without making an element of it, or that starts an autolink.
 */
export function asHtml(text: string, code: Ranges): string {
  const masked = text.replace(/</g, (character, at: number) => (code.has(at) ? '_' : character));
  return masked
    .replace(/&/g, '&amp;')
    .replace(MARK, (mark) => (mark[1] === '/' && /^<\/[a-z]/i.test(mark) ? mark : `&lt;${mark.slice(1)}`));
}
