/**
 * How a turn stands: `pending` while a model works on it, otherwise how it ended. `operator`: no model answered,
 * an operator does.
 */
export const TURN_OUTCOMES = [
  'answered',
  'fallback',
  'blocked',
  'cancelled',
  'interrupted',
  'operator',
  'pending',
] as const;

export type TurnOutcome = (typeof TURN_OUTCOMES)[number];
