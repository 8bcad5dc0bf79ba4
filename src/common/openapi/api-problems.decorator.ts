import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from '../problem/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE, ProblemDocument, toProblemDocument } from '../problem/problem-document.js';
import { Problem } from '../problem/problem.js';

const EXAMPLE_REQUEST_ID = 'Zk3vJr0yQ4mS8a1T6wXbNQ';
/** Any route can meet these. */
const ALWAYS: readonly ProblemCode[] = ['malformed_request', 'internal_error', 'service_unavailable'];

/** Documents the errors of a route: one response per status, one example per code. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  return onlyProblems(...codes, ...ALWAYS);
}

/** Documents what even a probe can meet: a request that is no valid HTTP. Its other answers are its own. */
export function ApiMalformedRequest(): MethodDecorator {
  return onlyProblems('malformed_request');
}

function onlyProblems(...codes: ProblemCode[]): MethodDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, ofStatus]) => ApiResponse({ status, ...responseFor(ofStatus) }));
  return applyDecorators(ApiExtraModels(ProblemDocument), ...responses);
}

function responseFor(codes: readonly ProblemCode[]) {
  const examples = Object.fromEntries(
    codes.map((code) => [
      code,
      { summary: PROBLEMS[code].title, value: toProblemDocument(new Problem(code), EXAMPLE_REQUEST_ID) },
    ]),
  );
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n\n'),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemDocument) }, examples } },
  };
}
