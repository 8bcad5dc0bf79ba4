/** How a turn stands: `pending` while a model works on it, otherwise how it ended. */
export const TURN_OUTCOMES = [
  'answered',
  'fallback',
  'blocked',
  'cancelled',
  'interrupted',
  'pending',
] as const;

export type TurnOutcome = (typeof TURN_OUTCOMES)[number];
