import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseRequestId } from '../http/request-context.js';
import { toProblem } from './framework-errors.js';
import { sendProblem } from './send-problem.js';

/** Answers what Fastify refuses before any route is chosen, such as an address that cannot be decoded. */
export function answerHttpErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(reply, toProblem(error), chooseRequestId(request.headers['x-request-id']));
}
