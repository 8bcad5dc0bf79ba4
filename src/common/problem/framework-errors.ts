import { HttpException } from '@nestjs/common';
import type { ProblemCode } from './problem-catalogue.js';
import { Problem } from './problem.js';

/** Errors of Fastify by their code. https://fastify.dev/docs/latest/Reference/Errors/ */
const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  503: 'service_unavailable',
};

/** Turns whatever was thrown into what the caller may see: our own problems as they are, the rest by kind. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const code = codeFor(error);
  return new Problem(code, { cause: error });
}

function codeFor(error: unknown): ProblemCode {
  if (error instanceof HttpException) {
    return forStatus(error.getStatus());
  }
  if (!(error instanceof Error)) {
    return 'internal_error';
  }
  const fastifyCode =
    'code' in error && typeof error.code === 'string' ? BY_FASTIFY_CODE[error.code] : undefined;
  if (fastifyCode !== undefined) {
    return fastifyCode;
  }
  return 'statusCode' in error && typeof error.statusCode === 'number'
    ? forStatus(error.statusCode)
    : 'internal_error';
}

function forStatus(status: number): ProblemCode {
  return BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'malformed_request' : 'internal_error');
}
