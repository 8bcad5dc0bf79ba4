/**
 * What no stored text holds, wherever it stands:
 * - control characters (C0, DEL, C1) except tab, line feed and carriage return; NUL cannot be stored at all,
 * - lone surrogates, which are no text and cannot be encoded,
 * - the bidirectional overrides U+202D and U+202E, which show text in an order it does not have.
 * Embeddings, isolates and marks stay: right-to-left text needs them, and they never turn letters around.
 */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202d\u202e]/gu;

/** A byte order mark is a sign of an encoding, not a character, at the start of a text. */
const LEADING_BYTE_ORDER_MARKS = /^\ufeff+/;

/** The start of a text without byte order marks. */
export function removeLeadingByteOrderMarks(text: string): string {
  return text.replace(LEADING_BYTE_ORDER_MARKS, '');
}

/** A part of a text without the characters that are never stored, wherever they stand. */
export function removeForbiddenInside(part: string): string {
  return part.replace(FORBIDDEN, '');
}

/** The text without the characters that are never stored. They are removed, not refused. */
export function removeForbiddenCharacters(text: string): string {
  return removeLeadingByteOrderMarks(removeForbiddenInside(text));
}
