/** What is shown of a text, in Unicode code points. */
const MAX_CHARACTERS = 1_000;
/** Invisible, and enough to keep two backticks from being one mark. */
const ZERO_WIDTH_SPACE = '\u200b';
const CUT_MARK = '…';

/**
 * Somebody else's text as an embed may show it: in a code block, where Discord reads no Markdown, no mention, no
 * emoji, no time and no link. The one thing that means anything inside is the mark that ends the block, so runs
 * of backticks are taken apart. At most 1,000 characters, cut between graphemes: at most 2,000 UTF-16 code units
 * and as many again for a text of nothing but backticks, within Discord's 4,096.
 */
export function inertText(text: string): string {
  const shown = excerpt(text).replace(/`(?=`)/g, `\`${ZERO_WIDTH_SPACE}`);
  return shown.trim() === '' ? '*(no text)*' : `\`\`\`\n${shown}\n\`\`\``;
}

/** A short value within a line, such as an address; a backtick would end it. */
export function inertValue(value: string): string {
  return `\`${value.replaceAll('`', 'ˋ').replace(/\s+/g, ' ')}\``;
}

function excerpt(text: string): string {
  // Whatever lies beyond this many code units is cut anyway, and need not be segmented.
  const candidate = text.slice(0, MAX_CHARACTERS * 2 + 2);
  if (codePoints(candidate) <= MAX_CHARACTERS) {
    return text;
  }
  const room = MAX_CHARACTERS - codePoints(CUT_MARK);
  let end = 0;
  let count = 0;
  for (const { segment, index } of new Intl.Segmenter().segment(candidate)) {
    count += codePoints(segment);
    if (count > room) {
      break;
    }
    end = index + segment.length;
  }
  // A first grapheme that is longer than all there is room for can only be cut itself.
  const kept = end > 0 ? candidate.slice(0, end) : Array.from(candidate).slice(0, room).join('');
  return `${kept}${CUT_MARK}`;
}

function codePoints(text: string): number {
  return Array.from(text).length;
}
