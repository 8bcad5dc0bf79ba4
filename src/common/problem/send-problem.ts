import type { FastifyReply } from 'fastify';
import { PROBLEM_MEDIA_TYPE, toProblemDocument } from './problem-document.js';
import type { Problem } from './problem.js';

export function sendProblem(
  reply: FastifyReply,
  problem: Problem,
  requestId: string,
  document = toProblemDocument(problem, requestId),
): void {
  void reply
    .code(problem.status)
    .headers({ ...problem.headers, 'x-request-id': requestId })
    .type(PROBLEM_MEDIA_TYPE)
    .send(document);
}
