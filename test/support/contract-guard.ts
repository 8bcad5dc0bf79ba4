import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface ResponseObject {
  content?: Record<string, { schema: object }>;
}
interface OpenApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, ResponseObject> }>>;
  components: { schemas: Record<string, object> };
}

const DOCUMENT_PATH = join(__dirname, '..', '..', 'openapi.json');
const NOT_DESCRIBED = /^\/(docs|openapi\.json)/;

/** Fails a test whose service answers otherwise than openapi.json promises. */
export class ContractGuard {
  private static instance: ContractGuard | undefined;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<object, ValidateFunction>();

  private constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: 'openapi', ...document });
  }

  static shared(): ContractGuard {
    ContractGuard.instance ??= new ContractGuard(
      JSON.parse(readFileSync(DOCUMENT_PATH, 'utf8')) as OpenApiDocument,
    );
    return ContractGuard.instance;
  }

  check(method: string, path: string, response: Response, body: unknown): void {
    const pathname = path.split('?', 1)[0] ?? path;
    const where = `${method} ${pathname} answered ${response.status}`;
    if (response.headers.get('x-request-id') === null) {
      throw new Error(`${where} without X-Request-Id`);
    }
    if (NOT_DESCRIBED.test(pathname)) {
      return;
    }
    const operation = this.findOperation(method, pathname);
    const expected =
      operation === undefined ? this.problemResponse(response.status) : operation.responses[response.status];
    if (expected === undefined) {
      throw new Error(`${where}, which openapi.json does not declare`);
    }
    this.checkBody(where, expected, response, body);
  }

  /** Fails where the data of a server-sent event is none that the operation declares. */
  checkEvent(method: string, path: string, data: unknown): void {
    const schema = this.findOperation(method, path)?.responses['200']?.content?.['text/event-stream']?.schema;
    if (schema === undefined) {
      throw new Error(`${method} ${path} streams, which openapi.json does not declare`);
    }
    const validate = this.validatorFor(schema);
    if (!validate(data)) {
      throw new Error(`${method} ${path} sent an undeclared event: ${this.ajv.errorsText(validate.errors)}`);
    }
  }

  private checkBody(where: string, expected: ResponseObject, response: Response, body: unknown): void {
    if (expected.content === undefined) {
      if (body !== undefined) {
        throw new Error(`${where} with a body that openapi.json does not declare`);
      }
      return;
    }
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const schema = expected.content[mediaType]?.schema;
    if (schema === undefined) {
      throw new Error(`${where} as "${mediaType}", which openapi.json does not declare`);
    }
    const validate = this.validatorFor(schema);
    if (!validate(body)) {
      throw new Error(
        `${where} with a body that breaks the contract: ${this.ajv.errorsText(validate.errors)}`,
      );
    }
  }

  private validatorFor(schema: object): ValidateFunction {
    let validate = this.validators.get(schema);
    if (validate === undefined) {
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
      validate = this.ajv.compile(absolute);
      this.validators.set(schema, validate);
    }
    return validate;
  }

  private findOperation(method: string, pathname: string) {
    const segments = pathname.split('/');
    for (const [template, item] of Object.entries(this.document.paths)) {
      const parts = template.split('/');
      const matches =
        parts.length === segments.length &&
        parts.every(
          (part, index) => part === segments[index] || (part.startsWith('{') && segments[index] !== ''),
        );
      const operation = item[method.toLowerCase()];
      if (matches && operation !== undefined) {
        return operation;
      }
    }
    return undefined;
  }

  /** What no operation answers can only be a problem of the framework's: unknown address, wrong method. */
  private problemResponse(status: number): ResponseObject | undefined {
    return status >= 400
      ? {
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDocument' } },
          },
        }
      : undefined;
  }
}
