import type { ApiDocument, Schema } from './api-document.js';

export interface BreakingChange {
  readonly rule: string;
  readonly where: string;
  readonly what: string;
}

type Side = 'request' | 'response';

const LOWER_BOUNDS = ['minLength', 'minimum', 'minItems'] as const;
const UPPER_BOUNDS = ['maxLength', 'maximum', 'maxItems'] as const;

/** Compares what is sent (must not be narrowed) and what is answered (must not be widened or thinned out). */
export class SchemaComparison {
  readonly changes: BreakingChange[] = [];
  /** A component is compared once for each side, wherever it is used; that also ends circles. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly before: ApiDocument,
    private readonly after: ApiDocument,
  ) {}

  report(rule: string, where: string, what: string): void {
    this.changes.push({ rule, where, what });
  }

  compare(side: Side, where: string, before: Schema, after: Schema): void {
    const [name, successor] = [componentOf(before), componentOf(after)];
    if (name !== undefined) {
      const key = `${side} ${name} ${successor ?? where}`;
      if (this.seen.has(key)) {
        return;
      }
      this.seen.add(key);
    }
    const place = name !== undefined && name === successor ? name : where;
    const then = resolve(this.before, before);
    const now = resolve(this.after, after);
    this.compareTypes(side, place, then, now);
    this.compareEnums(side, place, then, now);
    this.compareVariants(side, place, then, now);
    this.compareFields(side, place, then, now);
    if (side === 'request') {
      this.compareBounds(place, then, now);
    }
    if (then.items !== undefined && now.items !== undefined) {
      this.compare(side, `${place}[]`, then.items, now.items);
    }
  }

  private compareTypes(side: Side, where: string, before: Schema, after: Schema): void {
    const [then, now] = [typesOf(before), typesOf(after)];
    const [narrow, wide] = side === 'request' ? [now, then] : [then, now];
    // An answer may get narrower and a request wider: a client made for the other bears both.
    const missing = wide.filter((type) => !narrow.includes(type) && !(type === 'integer' && narrow.includes('number')));
    if (missing.length > 0 && narrow.length > 0) {
      this.report(`${side}-type-changed`, where, `${then.join('|')} is now ${now.join('|')}`);
    }
    if (before.format !== after.format && (side === 'response' ? before.format : after.format) !== undefined) {
      this.report(`${side}-format-changed`, where, `${before.format ?? 'none'} is now ${after.format ?? 'none'}`);
    }
  }

  private compareEnums(side: Side, where: string, before: Schema, after: Schema): void {
    const gone = (before.enum ?? []).filter((value) => after.enum !== undefined && !after.enum.includes(value));
    if (side === 'request' && (gone.length > 0 || (after.enum !== undefined && before.enum === undefined))) {
      this.report('request-enum-narrowed', where, `no longer takes ${gone.join(', ') || 'everything'}`);
    }
    if (side === 'response' && before.enum !== undefined && after.enum === undefined) {
      this.report('response-enum-dropped', where, 'was an enumeration');
    }
  }

  /** A kind of event or of body that clients wait for must stay. */
  private compareVariants(side: Side, where: string, before: Schema, after: Schema): void {
    const now = new Map((after.oneOf ?? []).map((variant) => [componentOf(variant), variant]));
    for (const variant of before.oneOf ?? []) {
      const successor = now.get(componentOf(variant));
      if (successor === undefined) {
        this.report(`${side}-variant-removed`, where, `${componentOf(variant) ?? 'a variant'} is gone`);
      } else {
        this.compare(side, where, variant, successor);
      }
    }
  }

  private compareFields(side: Side, where: string, before: Schema, after: Schema): void {
    const now = after.properties ?? {};
    for (const [name, field] of Object.entries(before.properties ?? {})) {
      const successor = now[name];
      const place = `${where}.${name}`;
      if (successor === undefined) {
        this.report(`${side}-field-removed`, place, 'is gone');
        continue;
      }
      if (side === 'response' && before.required?.includes(name) && !after.required?.includes(name)) {
        this.report('response-field-optional', place, 'is no longer always there');
      }
      this.compare(side, place, field, successor);
    }
    for (const name of side === 'request' ? (after.required ?? []) : []) {
      if (!before.required?.includes(name)) {
        this.report('request-field-required', `${where}.${name}`, 'is now demanded');
      }
    }
  }

  private compareBounds(where: string, before: Schema, after: Schema): void {
    const raised = LOWER_BOUNDS.filter((bound) => (after[bound] ?? -Infinity) > (before[bound] ?? -Infinity));
    const lowered = UPPER_BOUNDS.filter((bound) => (after[bound] ?? Infinity) < (before[bound] ?? Infinity));
    for (const bound of [...raised, ...lowered]) {
      const [then, now] = [before[bound] ?? 'none', after[bound] ?? 'none'];
      this.report('request-bound-narrowed', where, `${bound} ${then} is now ${now}`);
    }
    if (after.pattern !== undefined && after.pattern !== before.pattern) {
      this.report('request-pattern-changed', where, `${before.pattern ?? 'none'} is now ${after.pattern}`);
    }
  }
}

function componentOf(schema: Schema): string | undefined {
  const $ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  return $ref?.slice($ref.lastIndexOf('/') + 1);
}

function resolve(document: ApiDocument, schema: Schema): Schema {
  const name = componentOf(schema);
  if (name === undefined) {
    return schema;
  }
  const component = document.components.schemas[name];
  if (component === undefined) {
    throw new Error(`the document names a component that it does not have: ${name}`);
  }
  return component;
}

function typesOf({ type, oneOf }: Schema): readonly string[] {
  if (oneOf !== undefined || type === undefined) {
    return [];
  }
  return typeof type === 'string' ? [type] : type;
}
