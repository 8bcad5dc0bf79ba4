import { PROBLEMS, type ProblemCode } from './problem-catalogue.js';

/** One wrong field of a request. */
export interface FieldError {
  /** The field's name, dotted for nested ones; `body` for the body as a whole. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemOptions {
  /** Why it happened this time, for a developer to read; never holds what the caller sent. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Headers that belong to the answer, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * An error that the caller is meant to see. Any layer may throw it; the HTTP meaning of its code is decided
 * in one place, the catalogue.
 */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    options: ProblemOptions = {},
  ) {
    const { status, title } = PROBLEMS[code];
    super(options.detail ?? title, { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = options.detail ?? `${title}.`;
    this.errors = options.errors;
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(options.retryAfterSeconds) }),
    };
  }
}
