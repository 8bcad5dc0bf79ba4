import { operationsOf, type ApiAnswer, type ApiDocument, type Content, type Operation } from './api-document.js';
import { SchemaComparison, type BreakingChange } from './schema-comparison.js';

/**
 * What of `after` breaks a client that was made for `before`. Not breaking, because clients are told to bear it: new
 * operations, statuses, fields of answers, values of an enumeration in answers, kinds of event.
 */
export function breakingChanges(before: ApiDocument, after: ApiDocument): readonly BreakingChange[] {
  const comparison = new ApiComparison(before, after);
  comparison.compare();
  return comparison.changes;
}

class ApiComparison {
  private readonly schemas: SchemaComparison;

  constructor(
    private readonly before: ApiDocument,
    private readonly after: ApiDocument,
  ) {
    this.schemas = new SchemaComparison(before, after);
  }

  get changes(): readonly BreakingChange[] {
    return this.schemas.changes;
  }

  compare(): void {
    const now = operationsOf(this.after);
    for (const [where, operation] of operationsOf(this.before)) {
      const successor = now.get(where);
      if (successor === undefined) {
        this.report('operation-removed', where, `${operation.operationId} is gone`);
        continue;
      }
      if (successor.operationId !== operation.operationId) {
        this.report('operation-renamed', where, `${operation.operationId} is now ${successor.operationId}`);
      }
      this.compareSecurity(where, operation, successor);
      this.compareParameters(where, operation, successor);
      this.compareBody(where, operation, successor);
      this.compareAnswers(where, operation, successor);
    }
  }

  /** Whoever was let in must still be let in with the same credentials. */
  private compareSecurity(where: string, before: Operation, after: Operation): void {
    const now = after.security ?? [];
    const ways = before.security?.length ? before.security : [{}];
    for (const way of ways) {
      const suffices = now.some((needed) =>
        Object.entries(needed).every(([scheme, scopes]) =>
          scopes.every((scope) => way[scheme]?.includes(scope)) && scheme in way,
        ),
      );
      if (now.length > 0 && !suffices) {
        this.report('security-tightened', where, `${JSON.stringify(way)} is no longer enough`);
      }
    }
  }

  private compareParameters(where: string, before: Operation, after: Operation): void {
    const key = (parameter: { in: string; name: string }): string => `${parameter.in} ${parameter.name.toLowerCase()}`;
    const then = new Map((before.parameters ?? []).map((parameter) => [key(parameter), parameter]));
    const now = new Map((after.parameters ?? []).map((parameter) => [key(parameter), parameter]));
    for (const [name, parameter] of then) {
      const successor = now.get(name);
      if (successor === undefined) {
        this.report('parameter-removed', where, `${name} is gone`);
      } else {
        this.schemas.compare('request', `${where} ${name}`, parameter.schema, successor.schema);
      }
    }
    for (const [name, parameter] of now) {
      if (parameter.required === true && then.get(name)?.required !== true) {
        this.report('parameter-required', where, `${name} is now demanded`);
      }
    }
  }

  private compareBody(where: string, before: Operation, after: Operation): void {
    if (after.requestBody?.required === true && before.requestBody?.required !== true) {
      this.report('request-body-required', where, 'a body is now demanded');
    }
    if (before.requestBody !== undefined) {
      this.compareContent('request', where, before.requestBody.content, after.requestBody?.content ?? {});
    }
  }

  private compareAnswers(where: string, before: Operation, after: Operation): void {
    for (const [status, answer] of Object.entries(before.responses)) {
      const successor = after.responses[status];
      if (successor === undefined) {
        this.report('status-removed', where, `${status} is gone`);
      } else {
        this.compareAnswer(`${where} ${status}`, answer, successor);
      }
    }
  }

  private compareAnswer(where: string, before: ApiAnswer, after: ApiAnswer): void {
    for (const name of Object.keys(before.headers ?? {})) {
      if (!(name in (after.headers ?? {}))) {
        this.report('response-header-removed', where, `${name} is gone`);
      }
    }
    this.compareContent('response', where, before.content ?? {}, after.content ?? {});
  }

  private compareContent(side: 'request' | 'response', where: string, before: Content, after: Content): void {
    for (const [mediaType, { schema }] of Object.entries(before)) {
      const successor = after[mediaType];
      if (successor === undefined) {
        this.report(`${side}-media-type-removed`, where, `${mediaType} is gone`);
      } else {
        this.schemas.compare(side, `${where} ${mediaType}`, schema, successor.schema);
      }
    }
  }

  private report(rule: string, where: string, what: string): void {
    this.schemas.report(rule, where, what);
  }
}
