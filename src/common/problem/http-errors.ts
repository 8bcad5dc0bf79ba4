import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newRequestId } from '../ids.js';
import { chooseRequestId } from '../http/request-context.js';
import { toProblem } from './framework-errors.js';
import { PROBLEM_MEDIA_TYPE, toProblemDocument } from './problem-document.js';
import { Problem } from './problem.js';
import { sendProblem } from './send-problem.js';

/** Answers what Fastify refuses before any route is chosen, such as an address that cannot be decoded. */
export function answerHttpErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(reply, toProblem(error), chooseRequestId(request.headers['x-request-id']));
}

/**
 * Answers what is not HTTP enough to become a request: there is no reply object yet, only the socket. A peer
 * that has gone, or that speaks TLS to us, hears nothing.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(clientProblemCode(error.code));
  const requestId = newRequestId();
  const body = JSON.stringify(toProblemDocument(problem, requestId));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function clientProblemCode(
  code: string | undefined,
): 'headers_too_large' | 'request_timeout' | 'malformed_request' {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'headers_too_large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout';
    default:
      return 'malformed_request';
  }
}
