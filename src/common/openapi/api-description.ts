import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { VERSION } from '../version.js';

/** Marks an operation whose requests are counted; its value is the limited action. */
export const RATE_LIMITED_EXTENSION = 'x-rate-limit';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = Exclude<Operation['responses'][string], { $ref: string } | undefined>;
type Schema = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

/** 3.1 is what the service serves; 3.0 is for generators that do not read it. */
export type OpenApiVersion = '3.1.0' | '3.0.3';

/** Builds the OpenAPI document from the decorators of the controllers. */
export function describeApi(app: NestFastifyApplication, version: OpenApiVersion = '3.1.0'): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion(version)
    .setTitle('Parley')
    .setVersion(VERSION)
    .setDescription(
      'A secure AI chat API. Sign in with an e-mail address, send messages with the token, read the conversation back. ' +
        'Errors are problem documents (RFC 9457): switch on their `code`.',
    )
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This service')
    .addTag('Sessions', 'Signing in and out')
    .addTag('Chat', 'Sending messages and reading them back')
    .addTag('Health', 'The state of the service')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `access_token` of a sign-in.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, settings);
  refine(document);
  if (version === '3.1.0') {
    writeAsJsonSchema(document);
  } else {
    sayStreamsAreText(document);
  }
  return document;
}

/** Serves the document at `/openapi.json` and a page to try it at `/docs`; it is built when first asked for. */
export function serveApiDescription(app: NestFastifyApplication, maxMessageLength: number): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup(
    'docs',
    app,
    () => {
      document ??= withMessageLength(describeApi(app), maxMessageLength);
      return document;
    },
    { jsonDocumentUrl: 'openapi.json', raw: ['json'], customSiteTitle: 'Parley API' },
  );
}

/** The decorators cannot know MAX_MESSAGE_LENGTH; they say its default. */
function withMessageLength(document: OpenAPIObject, maxMessageLength: number): OpenAPIObject {
  const schemas = document.components?.schemas as Record<string, { properties?: Record<string, object> }>;
  Object.assign(schemas['SendMessageRequest']?.properties?.['message'] ?? {}, {
    maxLength: maxMessageLength,
  });
  return document;
}

/** What holds for every operation and is not worth repeating at each. */
function refine(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    // The decorator can only say that nothing is required of a public operation's caller.
    if (operation.security?.every((scheme) => Object.keys(scheme).length === 0)) {
      operation.security = [];
    }
    for (const response of responsesOf(operation)) {
      response.headers = {
        'X-Request-Id': REQUEST_ID_HEADER,
        ...(RATE_LIMITED_EXTENSION in operation ? RATE_LIMIT_HEADERS : {}),
        ...response.headers,
      };
    }
  }
  for (const schema of schemasOf(document)) {
    if (schema.type === 'object') {
      schema.additionalProperties = false;
    }
  }
}

/** OpenAPI 3.1 is JSON Schema, where "or null" is a type and `nullable` means nothing. */
function writeAsJsonSchema(document: OpenAPIObject): void {
  for (const property of schemasOf(document).flatMap((schema) => Object.values(schema.properties ?? {}))) {
    useTypeArrayForNull(property as { type?: unknown; nullable?: boolean });
  }
}

/** Generators that know no streams read one as a single JSON document of its schema, and fail; text they can read. */
function sayStreamsAreText(document: OpenAPIObject): void {
  for (const response of operationsOf(document).flatMap(responsesOf)) {
    const stream = response.content?.['text/event-stream'];
    if (stream !== undefined) {
      stream.schema = { type: 'string' };
    }
  }
}

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths)
    .flatMap((item) => [item.get, item.post, item.put, item.patch, item.delete])
    .filter((operation) => operation !== undefined);
}

function responsesOf({ responses }: Operation): Answer[] {
  return Object.values(responses).filter(
    (response): response is Answer => response !== undefined && !('$ref' in response),
  );
}

function schemasOf({ components }: OpenAPIObject): Schema[] {
  return Object.values(components?.schemas ?? {}).filter((schema): schema is Schema => !('$ref' in schema));
}

const REQUEST_ID_HEADER = {
  description: 'The caller’s `X-Request-Id` where it is acceptable, otherwise a new one.',
  schema: { type: 'string' as const, maxLength: 128 },
};

const RATE_LIMIT_HEADERS = {
  'RateLimit-Policy': {
    description: 'The limits: `q` requests in `w` seconds, for each partition.',
    schema: { type: 'string' as const, maxLength: 256, example: '"session";q=10;w=60' },
  },
  RateLimit: {
    description: 'Where the caller stands: `r` requests remain, and the window ends in `t` seconds.',
    schema: { type: 'string' as const, maxLength: 256, example: '"session";r=7;t=42' },
  },
};

function useTypeArrayForNull(property: { type?: unknown; nullable?: boolean }): void {
  if (property.nullable === true) {
    property.type = [property.type, 'null'];
    delete property.nullable;
  }
}
