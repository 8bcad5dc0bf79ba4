import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Problem } from './problem.js';
import { PROBLEMS, type ProblemCode } from './problem-catalogue.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export class ProblemFieldError {
  @ApiProperty({
    description: 'The field that is wrong; `body` for the body as a whole.',
    example: 'email',
    maxLength: 200,
  })
  field: string;

  @ApiProperty({
    description: 'What is wrong with it.',
    example: 'must be an e-mail address',
    maxLength: 500,
  })
  message: string;
}

/** An error as OpenAI's clients read it. */
export class OpenAiError {
  @ApiProperty({
    description: 'What happened this time.',
    example: 'The session has ended.',
    maxLength: 1000,
  })
  message: string;

  @ApiProperty({ description: 'The kind of error.', example: 'authentication_error', maxLength: 50 })
  type: string;

  @ApiProperty({ description: 'Always null.', example: null, type: String, nullable: true, maxLength: 1 })
  param: null;

  @ApiProperty({
    description: 'The same code.',
    example: 'session_ended',
    enum: PROBLEM_CODES,
    enumName: 'ProblemCode',
  })
  code: ProblemCode;
}

/** The body of every error, per RFC 9457. */
export class ProblemDocument {
  @ApiProperty({
    description: 'Identifies the kind of problem; a URN that ends in the code.',
    example: 'urn:parley:problem:validation_failed',
    format: 'uri',
    maxLength: 100,
  })
  type: string;

  @ApiProperty({
    description: 'The kind of problem in words.',
    example: 'The request is not valid',
    maxLength: 200,
  })
  title: string;

  @ApiProperty({
    description: 'The HTTP status, repeated.',
    example: 400,
    type: 'integer',
    minimum: 400,
    maximum: 599,
  })
  status: number;

  @ApiProperty({ description: 'What happened this time.', example: 'One field is wrong.', maxLength: 1000 })
  detail: string;

  @ApiProperty({
    description: 'The stable code to switch on.',
    example: 'validation_failed',
    enum: PROBLEM_CODES,
    enumName: 'ProblemCode',
  })
  code: ProblemCode;

  @ApiProperty({
    description: 'Quote it when you ask for help; it is also in the `X-Request-Id` header and in the logs.',
    example: 'Zk3vJr0yQ4mS8a1T6wXbNQ',
    maxLength: 128,
  })
  request_id: string;

  @ApiPropertyOptional({
    description: 'With `validation_failed`: every wrong field.',
    type: [ProblemFieldError],
    maxItems: 100,
  })
  errors?: ProblemFieldError[];

  @ApiPropertyOptional({ description: 'Only under `/v1`: the same for OpenAI’s clients.', type: OpenAiError })
  error?: OpenAiError;
}

export function toProblemDocument(problem: Problem, requestId: string): ProblemDocument {
  return {
    type: `urn:parley:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors.map((error) => ({ ...error })) }),
  };
}
