import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestService, type TestService } from '../support/test-service.js';

const PUBLIC_ROUTES = [
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/startup',
  'GET /livez',
  'GET /readyz',
  'GET /startupz',
  'POST /auth/email',
  'POST /auth/email/verify',
];

const document = JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { security?: object[]; operationId: string }>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    method,
    path,
    operation,
  })),
);

describe('Routes', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  it('should ask for a token on every route but these', async () => {
    const open: string[] = [];
    for (const { route, method, path } of operations) {
      const answer = await service.api.call(
        method.toUpperCase(),
        path.replace(/\{\w+\}/g, 'AAAAAAAAAAAAAAAAAAAAAA'),
      );
      if (answer.status !== 401) {
        open.push(route);
      }
    }
    expect(open.sort()).toEqual(PUBLIC_ROUTES);
  });

  it('should document as public exactly what is public, and every operation under its own id', () => {
    const isOpen = (security: object[] | undefined): boolean => security?.length === 0;
    const open = operations.filter(({ operation }) => isOpen(operation.security)).map(({ route }) => route);
    expect(open.sort()).toEqual(PUBLIC_ROUTES);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('should serve the document and a page to try it', async () => {
    const served = await service.api.call<{ openapi: string; paths: object }>('GET', '/openapi.json');
    expect(served.body.openapi).toBe('3.1.0');
    expect(Object.keys(served.body.paths)).toEqual(Object.keys(document.paths));
    const page = await service.api.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/text\/html/);
  });
});
