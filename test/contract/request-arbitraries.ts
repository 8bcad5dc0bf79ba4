import fc from 'fast-check';
import type { ApiDocument, Operation, Parameter, Schema } from '../../scripts/contract/api-document.js';

/** One request to make, as it goes over the wire. */
export interface FuzzedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What the description forbids about it; undefined where it allows all of it. */
  readonly fault: string | undefined;
}

/** Longer than this nothing new is found, only slower. */
const MAX_TEXT = 300;
const PRINTABLE = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });

/** Requests that the description allows, and such that break it in one place. */
export function requestsOf(document: ApiDocument, path: string, operation: Operation): fc.Arbitrary<FuzzedRequest> {
  const parameters = operation.parameters ?? [];
  const schema = bodySchemaOf(document, operation);
  const body = schema === undefined ? fc.constant(undefined) : valuesOf(document, schema).map((value) => JSON.stringify(value));
  const valid = fc.record({ values: parameterValues(parameters), body }).map(({ values, body: sent }) => ({
    ...placed(path, parameters, values),
    body: sent,
    fault: undefined,
  }));
  const faults = [
    ...(schema === undefined ? [] : brokenBodies(document, schema)),
    ...parameters.filter(({ in: place }) => place === 'query').flatMap(brokenQueries),
  ];
  if (faults.length === 0) {
    return valid;
  }
  const invalid = fc.tuple(valid, fc.oneof(...faults)).map(([request, fault]) => ({
    ...request,
    path: fault.query === undefined ? request.path : `${request.path.split('?', 1)[0] ?? ''}?${fault.query}`,
    body: fault.body ?? request.body,
    fault: fault.name,
  }));
  return fc.oneof(valid, invalid);
}

interface Fault {
  readonly name: string;
  readonly body?: string;
  readonly query?: string;
}

function brokenBodies(document: ApiDocument, schema: Schema): fc.Arbitrary<Fault>[] {
  const value = valuesOf(document, schema).map((body) => body as Record<string, unknown>);
  const broken = (name: string, change: (body: Record<string, unknown>) => unknown): fc.Arbitrary<Fault> =>
    value.map((body) => ({ name, body: JSON.stringify(change({ ...body })) }));
  const notObjects = fc.constantFrom('null', '[]', '7', '"text"', '{', '', '{"message":}', '\u0000');
  return [
    notObjects.map((body) => ({ name: `a body that is ${body}`, body })),
    ...(isClosed(schema) ? [broken('an unknown field', (body) => ({ ...body, unknown: 1 }))] : []),
    ...(schema.required ?? []).map((name) =>
      broken(`no ${name}`, ({ [name]: _without, ...rest }) => rest),
    ),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      wrongValues(field).map((wrong) => broken(`a wrong ${name}`, (body) => ({ ...body, [name]: wrong }))),
    ),
  ];
}

function wrongValues(field: Schema): unknown[] {
  const isText = field.type === 'string';
  return [
    ...(isText ? [7, null, {}, ['text'], true] : []),
    ...(isText && field.maxLength !== undefined ? ['x'.repeat(field.maxLength + 1)] : []),
    ...(isText && (field.minLength ?? 0) > 0 ? [''] : []),
    ...(field.type === 'array' ? ['text', {}, []] : []),
  ];
}

function brokenQueries({ name, schema }: Parameter): fc.Arbitrary<Fault>[] {
  const wrong = [
    ...(schema.enum === undefined ? [] : ['unknown', '']),
    ...(schema.type === 'integer'
      ? [String((schema.minimum ?? 0) - 1), String((schema.maximum ?? 1e9) + 1), '1.5', 'x', '']
      : []),
  ];
  return wrong.map((value) => fc.constant({ name: `a wrong ${name}`, query: `${name}=${encodeURIComponent(value)}` }));
}

function parameterValues(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  return fc.record(
    Object.fromEntries(
      parameters.map(({ name, in: place, schema }) => [
        name,
        place === 'header' ? headerText(schema) : valuesOf(undefined, schema).map(String),
      ]),
    ),
    { requiredKeys: parameters.filter(({ required }) => required === true).map(({ name }) => name) },
  );
}

function headerText({ maxLength = MAX_TEXT }: Schema): fc.Arbitrary<string> {
  return PRINTABLE.map((text) => (text || 'x').slice(0, Math.min(maxLength, 250)));
}

function placed(path: string, parameters: readonly Parameter[], values: Readonly<Record<string, string>>) {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let filled = path;
  for (const { name, in: place } of parameters) {
    const value = values[name];
    if (value === undefined) {
      continue;
    }
    if (place === 'path') {
      filled = filled.replace(`{${name}}`, encodeURIComponent(value) || '-');
    } else if (place === 'query') {
      query.set(name, value);
    } else {
      headers[name] = value;
    }
  }
  return { path: query.size === 0 ? filled : `${filled}?${query.toString()}`, headers };
}

function valuesOf(document: ApiDocument | undefined, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) {
    return fc.constantFrom(...schema.enum);
  }
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, field]) => [name, valuesOf(document, field)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'array':
      return fc.array(valuesOf(document, schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000 });
    case 'boolean':
      return fc.boolean();
    default:
      return textsOf(schema);
  }
}

function textsOf({ format, pattern, minLength = 0, maxLength = MAX_TEXT }: Schema): fc.Arbitrary<string> {
  if (format === 'email') {
    return fc.emailAddress();
  }
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern));
  }
  const bounds = { minLength, maxLength: Math.min(maxLength, MAX_TEXT) };
  return fc.oneof(fc.string({ unit: 'grapheme', ...bounds }), fc.string({ unit: 'binary', ...bounds }));
}

function isClosed(schema: Schema & { readonly additionalProperties?: boolean }): boolean {
  return schema.additionalProperties === false;
}

function bodySchemaOf(document: ApiDocument, { requestBody }: Operation): Schema | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  const name = schema?.$ref?.slice('#/components/schemas/'.length);
  return name === undefined ? schema : document.components.schemas[name];
}
