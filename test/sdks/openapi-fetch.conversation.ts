import createClient from 'openapi-fetch';
import type { paths } from './generated/openapi-fetch/api';
import { assertEqual, USER_AGENT } from './assert-equal';

/** A conversation with openapi-typescript and openapi-fetch, whose streams are the text they are. */
export async function converse(baseUrl: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { 'user-agent': USER_AGENT } });
  const { data } = await client.POST('/auth/email', { body: { email: 'fetch@example.com' } });
  if (data === undefined || !('access_token' in data)) {
    throw new Error('signing in gave no token');
  }
  const headers = { authorization: `Bearer ${data.access_token}` };

  const params = { header: { 'Idempotency-Key': 'one' } };
  const first = await client.POST('/chat', { params, headers, body: { message: 'Hello' } });
  const again = await client.POST('/chat', { params, headers, body: { message: 'Hello' } });
  assertEqual(again.data, first.data);
  const other = await client.POST('/chat', { params, headers, body: { message: 'Other' } });
  assertEqual(other.error?.code, 'idempotency_key_reused');

  const options = { headers, parseAs: 'text' as const };
  const whole = await client.POST('/chat/stream', { ...options, body: { message: 'Stream' } });
  const [, messageId = ''] = /"message_id":"([\w-]+)"/.exec(String(whole.data)) ?? [];
  const resumed = await client.GET('/chat/messages/{message_id}/stream', {
    ...options,
    params: { path: { message_id: messageId }, header: { 'Last-Event-ID': `${messageId}:0` } },
  });
  assertEqual(withoutComments(String(resumed.data)), withoutComments(String(whole.data)).slice(1));

  const history = await client.GET('/chat/history', { headers, params: { query: { limit: 10 } } });
  assertEqual(history.data?.total, 2);
  await client.DELETE('/auth/session', { headers });
  assertEqual((await client.GET('/auth/session', { headers })).error?.code, 'session_ended');
}

function withoutComments(stream: string): string[] {
  return stream.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'));
}
