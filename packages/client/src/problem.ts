import type { ProblemCode, ProblemDocument, ProblemFieldError } from './api.js';

/** A code of the service; one that came with a newer service; or `unknown`, where something in between answered. */
export type AnyProblemCode = ProblemCode | (string & {});

export interface ProblemFacts {
  readonly code: AnyProblemCode;
  readonly detail: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly errors?: readonly ProblemFieldError[] | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The service said no. Switch on `code`. */
export class ParleyProblem extends Error {
  override readonly name = 'ParleyProblem';
  readonly code: AnyProblemCode;
  /** Undefined where a stream that had begun told of it. */
  readonly status: number | undefined;
  /** Quote it when you ask for help. */
  readonly requestId: string | undefined;
  /** With `validation_failed`: every wrong field. */
  readonly errors: readonly ProblemFieldError[];
  readonly retryAfterMs: number | undefined;

  constructor({ code, detail, status, requestId, errors, retryAfterMs }: ProblemFacts) {
    super(detail);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.errors = errors ?? [];
    this.retryAfterMs = retryAfterMs;
  }

  static async of(response: Response): Promise<ParleyProblem> {
    const { status, headers } = response;
    const text = await response.text();
    const document = (headers.get('content-type') ?? '').startsWith('application/problem+json')
      ? (JSON.parse(text) as ProblemDocument)
      : undefined;
    return new ParleyProblem({
      code: document?.code ?? 'unknown',
      detail: document?.detail ?? `The service answered with status ${String(status)}.`,
      status,
      requestId: document?.request_id ?? headers.get('x-request-id') ?? undefined,
      errors: document?.errors,
      retryAfterMs: retryAfterOf(headers),
    });
  }
}

/** No answer came, or it broke off: offline, a time-out, a network in between. `cause` says more. */
export class ParleyUnreachable extends Error {
  override readonly name = 'ParleyUnreachable';

  constructor(cause: unknown) {
    super('The service could not be reached, or its answer broke off.', { cause });
  }
}

function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) {
    return undefined;
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
