import type { OpenAPIObject } from '@nestjs/swagger';

/** The names that clients are written against; a change of one is to be seen at a glance in a review. */
export interface ApiSurface {
  /** `METHOD path` by operationId. */
  readonly operations: Readonly<Record<string, string>>;
  readonly components: readonly string[];
  /** The values of each enumeration by the path to it from its operation or component. */
  readonly enums: Readonly<Record<string, readonly unknown[]>>;
}

export function surfaceOf({ paths, components }: OpenAPIObject): ApiSurface {
  const operations: Record<string, string> = {};
  const enums: Record<string, readonly unknown[]> = {};
  for (const [path, item] of Object.entries(paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = item[method];
      if (operation !== undefined) {
        const id = operation.operationId ?? '';
        operations[id] = `${method.toUpperCase()} ${path}`;
        collectEnums(operation, id, enums);
      }
    }
  }
  const schemas = components?.schemas ?? {};
  for (const [name, schema] of Object.entries(schemas)) {
    collectEnums(schema, name, enums);
  }
  return { operations: sorted(operations), components: Object.keys(schemas).sort(), enums: sorted(enums) };
}

function collectEnums(node: unknown, path: string, enums: Record<string, readonly unknown[]>): void {
  if (typeof node !== 'object' || node === null) {
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'enum' && Array.isArray(value)) {
      enums[path] = [...(value as unknown[])].sort();
    } else if (key !== 'example' && key !== 'examples') {
      collectEnums(value, isStructure(key) ? path : `${path}.${nameOf(value) ?? key}`, enums);
    }
  }
}

/** Levels of a document that say nothing about where an enumeration stands. */
function isStructure(key: string): boolean {
  return ['properties', 'schema', 'parameters', 'allOf', 'items'].includes(key);
}

/** A parameter stands in a list; its name tells more than its place there. */
function nameOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : undefined;
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
