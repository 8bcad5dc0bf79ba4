/** The PostgreSQL channel on which replicas tell each other about turns and sessions. */
export const TURN_CHANNEL = 'parley_turns';

/**
 * What a replica tells the others: `turn:ID,ID` has news to read, `watch:ID` has a reader elsewhere, `cancel:ID`
 * is to end, `session:ID` has ended, `news:ID` is a session with something new in its conversation.
 */
export interface TurnSignal {
  readonly kind: 'turn' | 'watch' | 'cancel' | 'session' | 'news';
  readonly ids: readonly string[];
}

const SIGNAL = /^(turn|watch|cancel|session|news):([\w,-]+)$/;

/** Reads a signal; undefined for what a newer version may say. */
export function parseSignal(payload: string): TurnSignal | undefined {
  const [, kind, ids] = SIGNAL.exec(payload) ?? [];
  return kind === undefined || ids === undefined
    ? undefined
    : { kind: kind as TurnSignal['kind'], ids: ids.split(',') };
}

/** Tells whoever reads the events of a session, on any replica, that there is news. `session` is SQL, its id. */
export function tellNews(session: string): string {
  return `pg_notify('${TURN_CHANNEL}', 'news:' || ${session})`;
}
