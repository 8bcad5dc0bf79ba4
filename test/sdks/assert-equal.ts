/** Node says "node" alone, which the service takes for a bot. */
export const USER_AGENT = 'parley-sdk-gates/1.0';

export function assertEqual(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
  }
}
