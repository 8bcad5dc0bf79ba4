/** The PostgreSQL channel on which replicas tell each other about turns and sessions. */
export const TURN_CHANNEL = 'parley_turns';

/** What a replica tells the others: `turn:ID,ID` has news to read, `cancel:ID`, `session:ID` has ended. */
export interface TurnSignal {
  readonly kind: 'turn' | 'cancel' | 'session';
  readonly ids: readonly string[];
}

const SIGNAL = /^(turn|cancel|session):([\w,-]+)$/;

/** Reads a signal; undefined for what a newer version may say. */
export function parseSignal(payload: string): TurnSignal | undefined {
  const [, kind, ids] = SIGNAL.exec(payload) ?? [];
  return kind === undefined || ids === undefined
    ? undefined
    : { kind: kind as TurnSignal['kind'], ids: ids.split(',') };
}
