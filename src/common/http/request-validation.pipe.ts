import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { Problem, type FieldError } from '../problem/problem.js';

/** Validates what a client sends against the DTO of the route; unknown fields are refused, not ignored. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => validationProblem(errors.flatMap((error) => fieldErrors(error, ''))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body') {
      requirePlainObject(value);
    }
    if (metadata.type === 'body' || metadata.type === 'query') {
      refuseInheritedNames(value);
    }
    return (await super.transform(value, metadata)) as unknown;
  }
}

export function validationProblem(errors: readonly FieldError[]): Problem {
  const fields = [...new Set(errors.map((error) => error.field))];
  return new Problem('validation_failed', {
    detail: fields.length === 1 ? 'One field is not valid.' : `${fields.length} fields are not valid.`,
    errors,
  });
}

function requirePlainObject(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw validationProblem([{ field: 'body', message: 'must be a JSON object' }]);
  }
}

/** Names every object inherits: the validator's copy would hide such a field among them, unseen. */
function refuseInheritedNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  const field = Object.keys(value).find((key) => key in Object.prototype);
  if (field !== undefined) {
    throw validationProblem([{ field, message: 'is not a field of this request' }]);
  }
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const messages = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
    constraint === 'whitelistValidation' ? 'is not a field of this request' : message,
  );
  return [
    ...messages.slice(0, 1).map((message) => ({ field, message })),
    ...(error.children ?? []).flatMap((child) => fieldErrors(child, field)),
  ];
}
