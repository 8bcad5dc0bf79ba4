const START = '<!-- screening:report -->';
const END = '<!-- /screening:report -->';

/** The document with `table` between its marks. Throws when it has no marks. */
export function withTable(document: string, table: string): string {
  const start = document.indexOf(START);
  const end = document.indexOf(END);
  if (start < 0 || end < start) throw new Error(`The document has no ${START} ... ${END}.`);
  return `${document.slice(0, start + START.length)}\n\n${table}\n\n${document.slice(end)}`;
}
