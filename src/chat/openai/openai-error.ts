import { PROBLEMS, type ProblemCode } from '../../common/problem/problem-catalogue.js';
import type { OpenAiError } from '../../common/problem/problem-document.js';

/** By the status, as OpenAI names them (platform.openai.com, "Error codes"). */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

export function toOpenAiError(code: ProblemCode, detail: string): OpenAiError {
  const { status } = PROBLEMS[code];
  const type = TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { message: detail, type, param: null, code };
}
