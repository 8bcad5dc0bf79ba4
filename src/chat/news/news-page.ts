import { toNewsEvent, type NewsEventRow, type PlacedEvent } from './news-event.js';
import { PAGE_SIZE } from './news-statements.js';

/** A row of SELECT_NEWS: one piece of news, or none where nothing is new. */
export type NewsRow = SessionRow & (PlacedRow | { readonly sequence: null });

interface SessionRow {
  readonly reader: number;
  readonly is_live: boolean;
  readonly last_sequence: number;
  readonly erased_through_sequence: number;
  readonly operator_from_sequence: number | null;
}

type PlacedRow = NewsEventRow & {
  readonly sequence: number;
  /** How many there were before the page was cut to so many bytes. */
  readonly found: number;
};

/** What is new in a session after some place, and how the session stands at that moment. */
export interface NewsPage {
  readonly isLive: boolean;
  readonly lastSequence: number;
  /** The place of the last erasure, before which there is nothing any more; 0 where there was none. */
  readonly erasedThrough: number;
  /** The place from which on an operator answers; null while a model does. */
  readonly operatorFrom: number | null;
  readonly events: readonly { readonly place: number; readonly event: PlacedEvent }[];
  /** Whether there may be news after these. */
  readonly hasMore: boolean;
}

/** The page of a session that was erased. */
const NOTHING: NewsPage = {
  ...{ isLive: false, lastSequence: 0, erasedThrough: 0, operatorFrom: null },
  ...{ events: [], hasMore: false },
};

/** From the rows of one reader. */
export function toNewsPage(rows: readonly NewsRow[]): NewsPage {
  const [first] = rows;
  if (first === undefined) {
    return NOTHING;
  }
  const news = rows.flatMap((row) => (row.sequence === null ? [] : [row]));
  const found = news[0]?.found ?? 0;
  return {
    isLive: first.is_live,
    lastSequence: first.last_sequence,
    erasedThrough: first.erased_through_sequence,
    operatorFrom: first.operator_from_sequence,
    events: news.map((row) => ({ place: row.sequence, event: toNewsEvent(row) })),
    hasMore: news.length < found || found >= PAGE_SIZE,
  };
}
