import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './framework-errors.js';
import { toProblemDocument, type ProblemDocument } from './problem-document.js';
import { sendProblem } from './send-problem.js';
import { Problem } from './problem.js';

/** The one place where an error becomes an answer. What the caller is not meant to see stays in the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = toProblem(error);
    if (problem.status >= 500) {
      this.report(problem.cause ?? error, problem);
    }
    const document = this.documentOf(problem, request.id);
    sendProblem(http.getResponse<FastifyReply>(), problem, request.id, document);
  }

  /** For routes whose clients look for more in it. */
  protected documentOf(problem: Problem, requestId: string): ProblemDocument {
    return toProblemDocument(problem, requestId);
  }

  /** Messages of the driver may quote values, so of an error only name, code and where it was thrown are kept. */
  private report(error: unknown, problem: Problem): void {
    const facts = {
      msg: 'request failed',
      code: problem.code,
      error_name: error instanceof Error ? error.name : typeof error,
      error_code: error instanceof Error && 'code' in error ? error.code : undefined,
    };
    if (problem.code === 'internal_error') {
      this.logger.error({ ...facts, stack: error instanceof Error ? framesOf(error) : undefined });
    } else {
      this.logger.warn(facts);
    }
  }
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string[] {
  return stack.split('\n').flatMap((line) => /^\s+at (.*)/.exec(line)?.[1] ?? []);
}
