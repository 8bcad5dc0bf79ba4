import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestService, type TestService } from '../support/test-service.js';

describe('What is not quite HTTP', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  const exchange = async (
    request: string,
  ): Promise<{ head: string; body: { code: string; status: number } }> => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    socket.write(request);
    await once(socket, 'close');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    return { head, body: JSON.parse(body) as { code: string; status: number } };
  };

  it.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400, 'malformed_request'],
    [
      'a header without end',
      `GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'two lengths',
      'POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
  ])('should answer %s with a problem and close', async (_name, request, status, code) => {
    const { head, body } = await exchange(request);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(head).toMatch(/x-request-id: [\w-]{22}/i);
    expect(body).toMatchObject({ status, code });
    expect((await service.api.call('GET', '/livez')).status).toBe(200);
  });
});
