import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readEvents, type ServerSentEvent } from '../../packages/client/src/sse.js';
import { operationsOf, type ApiDocument } from '../../scripts/contract/api-document.js';
import { collect } from '../support/collect.js';
import { ContractGuard } from '../support/contract-guard.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { requestsOf, type FuzzedRequest } from './request-arbitraries.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_124);
/** Stays open for as long as somebody listens. */
const ENDLESS = '/chat/events';
/** The answers stream where the request says so; the description of that form is OpenAI's. */
const STREAMS_ON_REQUEST = '/v1/chat/completions';

const document = JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8')) as ApiDocument;

describe('Any request that the description allows or forbids', () => {
  let service: TestService;
  let token: string;

  beforeAll(async () => {
    service = await startTestService({
      settings: {
        ...{ AI_MODELS: 'offline', AUTH_EMAIL_VERIFICATION: 'off', BOT_DETECTION_ENABLED: 'false' },
        ...{ MAX_MESSAGES_PER_SESSION: '100000', LOG_LEVEL: 'error' },
      },
    });
  });
  beforeEach(async () => {
    ({ token } = await service.api.signIn());
  });
  afterAll(() => service.stop());

  const send = async (method: string, { path, headers, body }: FuzzedRequest): Promise<number> => {
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        ...{ 'user-agent': 'parley-tests/1.0', authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) {
      const events = await (path === ENDLESS ? first(response) : collect(readEvents(response.body!)));
      if (!path.startsWith(STREAMS_ON_REQUEST) && !path.includes('protocol=ui-messages')) {
        events.forEach(({ data }) => ContractGuard.shared().checkEvent(method, path.split('?', 1)[0]!, JSON.parse(data)));
      }
      return response.status;
    }
    const text = await response.text();
    ContractGuard.shared().check(method, path, response, text === '' ? undefined : JSON.parse(text));
    return response.status;
  };

  it.each([...operationsOf(document)])(
    'should be answered as described: %s',
    async (where, operation) => {
      const [method = '', path = ''] = where.split(' ');
      await fc.assert(
        fc.asyncProperty(requestsOf(document, path, operation), async (request) => {
          let status = await send(method, request);
          if (status === 401) {
            // It has ended its own session.
            ({ token } = await service.api.signIn());
            status = await send(method, request);
          }
          expect(status).toBeLessThan(500);
          if (request.fault !== undefined) {
            expect(status).toBeGreaterThanOrEqual(400);
          }
        }),
        { numRuns: operation.parameters === undefined && operation.requestBody === undefined ? 5 : RUNS, seed: SEED },
      );
    },
    120_000,
  );
});

async function first(response: Response): Promise<ServerSentEvent[]> {
  for await (const event of readEvents(response.body!)) {
    return [event];
  }
  return [];
}
