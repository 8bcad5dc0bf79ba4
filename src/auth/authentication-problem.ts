import { Problem, type ProblemOptions } from '../common/problem/problem.js';
import type { ProblemCode } from '../common/problem/problem-catalogue.js';

const REALM = 'Bearer realm="parley"';

type AuthenticationCode = Extract<
  ProblemCode,
  'missing_token' | 'invalid_token' | 'token_expired' | 'session_ended' | 'session_mismatch'
>;

/**
 * A 401 with the challenge of RFC 6750 section 3: without a token the bare scheme, otherwise
 * `invalid_token`, which covers expired and revoked ones too; the problem's code tells them apart.
 */
export function authenticationProblem(code: AuthenticationCode, options: ProblemOptions = {}): Problem {
  const challenge = code === 'missing_token' ? REALM : `${REALM}, error="invalid_token"`;
  return new Problem(code, { ...options, headers: { ...options.headers, 'www-authenticate': challenge } });
}
