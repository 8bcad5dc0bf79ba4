import type { ScreeningResult } from './screening.service.js';

/** `block` stops an attack, `monitor` only records it, `off` does not look. */
export type ScreeningMode = 'block' | 'monitor' | 'off';

/** Whether messages are screened at all in this mode. */
export function screens(mode: ScreeningMode): boolean {
  return mode !== 'off';
}

/** Whether a message with this result is stopped in this mode. */
export function stops(mode: ScreeningMode, result: ScreeningResult): boolean {
  return mode === 'block' && result.verdict === 'block';
}
