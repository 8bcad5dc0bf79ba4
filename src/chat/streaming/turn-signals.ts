/** The PostgreSQL channel on which replicas tell each other about turns and sessions. */
export const TURN_CHANNEL = 'parley_turns';

/**
 * What a replica tells the others: `turn:ID,ID` has news to read, `watch:ID` has a reader elsewhere, `cancel:ID`
 * is to end, `session:ID` has ended.
 */
export interface TurnSignal {
  readonly kind: 'turn' | 'watch' | 'cancel' | 'session';
  readonly ids: readonly string[];
}

const SIGNAL = /^(turn|watch|cancel|session):([\w,-]+)$/;

/** Reads a signal; undefined for what a newer version may say. */
export function parseSignal(payload: string): TurnSignal | undefined {
  const [, kind, ids] = SIGNAL.exec(payload) ?? [];
  return kind === undefined || ids === undefined
    ? undefined
    : { kind: kind as TurnSignal['kind'], ids: ids.split(',') };
}
