import { startTestService, type TestService } from '../support/test-service.js';

interface BodyRoute {
  readonly path: string;
  readonly field: string;
  readonly valid: string;
  readonly tooLong: string;
}

const ROUTES: readonly BodyRoute[] = [
  { path: '/auth/email', field: 'email', valid: 'visitor@example.com', tooLong: `${'a'.repeat(250)}@b.co` },
  { path: '/chat', field: 'message', valid: 'Hello', tooLong: 'x'.repeat(4001) },
];

/** Bodies as they go over the wire; `field` is what the problem must name. */
function wrongBodies({ field, valid, tooLong }: BodyRoute): [name: string, body: string, named: string][] {
  const value = JSON.stringify(valid);
  return [
    ['the field missing', '{}', field],
    ['null', `{"${field}":null}`, field],
    ['a number', `{"${field}":1}`, field],
    ['a boolean', `{"${field}":true}`, field],
    ['an empty string', `{"${field}":""}`, field],
    ['white space only', `{"${field}":" \\n\\t "}`, field],
    ['one character too many', `{"${field}":${JSON.stringify(tooLong)}}`, field],
    ['an array', `{"${field}":[${value}]}`, field],
    ['an object', `{"${field}":{"value":${value}}}`, field],
    ['an unknown extra field', `{"${field}":${value},"extra":1}`, 'extra'],
    ['a NUL byte', `{"${field}":"a\\u0000${valid}"}`, field],
    ['a lone surrogate', `{"${field}":"${valid}\\ud800"}`, field],
    ['the key twice', `{"${field}":${value},"${field}":${value}}`, field],
    ['__proto__', `{"${field}":${value},"__proto__":{"admin":true}}`, '__proto__'],
    ['constructor', `{"${field}":${value},"constructor":{"prototype":{}}}`, 'constructor'],
    ['an array as the body', `[${value}]`, 'body'],
    ['a string as the body', value, 'body'],
    ['null as the body', 'null', 'body'],
    ['no body', '', 'body'],
  ];
}

const UNREADABLE: [name: string, body: string | Uint8Array, status: number, code: string][] = [
  ['half a document', '{"message":', 400, 'malformed_json'],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'malformed_json'],
  ['brackets without end', '['.repeat(20_000), 400, 'malformed_json'],
  ['deep nesting', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400, 'malformed_json'],
  ['a megabyte', JSON.stringify({ message: 'x'.repeat(1_000_000) }), 413, 'payload_too_large'],
];

describe('Bad input', () => {
  let service: TestService;
  let token: string;

  beforeAll(async () => {
    service = await startTestService();
    ({ token } = await service.api.signIn());
  });

  afterAll(() => service.stop());

  const countRows = async (): Promise<unknown> =>
    service.database.query(
      'SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM chat_messages) AS messages',
    );

  describe.each(ROUTES)('in POST $path', (route) => {
    it.each(wrongBodies(route))(
      'should name the field and store nothing for %s',
      async (_name, body, named) => {
        const before = await countRows();
        const answer = await service.api.call('POST', route.path, { token, body });
        expect(answer.status).toBe(400);
        expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: named }] });
        expect(await countRows()).toEqual(before);
      },
    );

    it.each(UNREADABLE)('should refuse %s and store nothing', async (_name, body, status, code) => {
      const before = await countRows();
      const answer = await service.api.call('POST', route.path, { token, body });
      expect([answer.status, answer.body['code']]).toEqual([status, code]);
      expect(await countRows()).toEqual(before);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'nonsense',
    ])('should refuse the media type %s', async (mediaType) => {
      const answer = await service.api.call('POST', route.path, {
        token,
        body: JSON.stringify({ [route.field]: route.valid }),
        headers: { 'content-type': mediaType },
      });
      expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_media_type']);
    });
  });

  it('should take the longest message, counted in code points', async () => {
    const answer = await service.api.send(token, '😀'.repeat(4000));
    expect(answer.status).toBe(200);
    expect((await service.api.send(token, '😀'.repeat(4001))).status).toBe(400);
  });

  it.each([
    'visitor',
    'a@',
    '@b.co',
    'a b@example.com',
    'a@b',
    'a@example.com, b@example.com',
    'a@example.com\u0007',
  ])('should refuse %j as an e-mail address', async (email) => {
    const answer = await service.api.call('POST', '/auth/email', { body: { email } });
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'email' }] });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['limit[]=5', 'limit[]'],
    ['before=a&before=b', 'before'],
    ['unknown=1', 'unknown'],
    ['__proto__=1', '__proto__'],
  ])('should refuse the history query %s', async (query, field) => {
    const answer = await service.api.history(token, `?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });

  it('should refuse cursors that are forged, foreign or truncated', async () => {
    const stranger = await service.api.signIn('stranger@example.com');
    const foreign = (await service.api.send(stranger.token, 'mine')).body.message_id;
    const own = (await service.api.send(token, 'ours')).body;
    const cursors = [
      '',
      'AAAAAAAAAAAAAAAAAAAAAA',
      foreign,
      own.message_id.slice(0, -1),
      own.reply_id,
      `${own.message_id}=`,
      '%00',
      'x'.repeat(500),
    ];
    for (const cursor of cursors) {
      const answer = await service.api.history(token, `?before=${cursor}`);
      expect([cursor, answer.status, (answer.body as unknown as { code: string }).code]).toEqual([
        cursor,
        400,
        'invalid_cursor',
      ]);
    }
  });

  it('should answer 404 for messages that are foreign, malformed or not there', async () => {
    const stranger = await service.api.signIn('stranger@example.com');
    const foreign = (await service.api.send(stranger.token, 'mine')).body.message_id;
    for (const id of [
      foreign,
      'AAAAAAAAAAAAAAAAAAAAAA',
      'a%00b',
      'x'.repeat(33),
      'x'.repeat(400),
      '..%2f..',
      '%F0%9F%98%80',
    ]) {
      const answer = await service.api.call('GET', `/chat/messages/${id}`, { token });
      expect([id, answer.status, answer.body['code']]).toEqual([id, 404, 'not_found']);
    }
  });

  it.each(['', ' ', 'a b', 'ü', 'x'.repeat(256), '"unclosed', '"a"b"', '""', 'tab\there'])(
    'should refuse the Idempotency-Key %j and store nothing',
    async (key) => {
      const before = await countRows();
      const answer = await service.api.call('POST', '/chat', {
        token,
        body: { message: 'Hello' },
        headers: { 'idempotency-key': key },
      });
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_idempotency_key']);
      expect(await countRows()).toEqual(before);
    },
  );

  it('should answer unknown addresses with 404 and wrong methods with 405 and Allow, whatever the body', async () => {
    const unknown = await service.api.call('POST', '/nowhere', { body: '{broken' });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'not_found']);
    const wrong = await service.api.call('PUT', '/chat', { body: '{broken' });
    expect([wrong.status, wrong.body['code'], wrong.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'POST',
    ]);
    const both = await service.api.call('PATCH', '/auth/session');
    expect(both.headers.get('allow')).toBe('DELETE, GET, HEAD');
  });

  it('should refuse an address that cannot be decoded', async () => {
    const answer = await service.api.call('GET', '/chat/messages/%E0%A4%A', { token });
    expect([answer.status, answer.body['code']]).toEqual([400, 'malformed_request']);
  });
});
