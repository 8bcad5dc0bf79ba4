import { Catch } from '@nestjs/common';
import { toProblemDocument, type ProblemDocument } from '../../common/problem/problem-document.js';
import { ProblemFilter } from '../../common/problem/problem.filter.js';
import type { Problem } from '../../common/problem/problem.js';
import { toOpenAiError } from './openai-error.js';

/** A problem document with one member more (RFC 9457 section 3.2): the error where OpenAI's clients look for it. */
@Catch()
export class OpenAiProblemFilter extends ProblemFilter {
  protected override documentOf(problem: Problem, requestId: string): ProblemDocument {
    return Object.assign(toProblemDocument(problem, requestId), {
      error: toOpenAiError(problem.code, problem.detail),
    });
  }
}
