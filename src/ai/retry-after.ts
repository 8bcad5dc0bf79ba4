/**
 * How long a provider asks to be left alone, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110,
 * section 10.2.3), or the `retry-after-ms` of OpenAI, which is more exact. Undefined where it does not say.
 *
 * @param headers as the SDK hands them on, with names in lower case.
 */
export function readRetryAfter(headers: unknown): number | undefined {
  const { 'retry-after-ms': exact, 'retry-after': rough } = (headers ?? {}) as Record<string, unknown>;
  return milliseconds(exact, 1) ?? milliseconds(rough, 1_000) ?? untilDate(rough);
}

function milliseconds(text: unknown, unit: number): number | undefined {
  return typeof text === 'string' && /^\d{1,10}(\.\d{1,6})?$/.test(text) ? Number(text) * unit : undefined;
}

function untilDate(text: unknown): number | undefined {
  const date = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
