import { createClient } from './generated/hey-api/client';
import {
  endSession,
  getHistory,
  getSession,
  sendMessage,
  signInByEmail,
  streamMessage,
  streamMessageAgain,
} from './generated/hey-api/sdk.gen';
import { assertEqual, USER_AGENT } from './assert-equal';

/** A conversation with what @hey-api/openapi-ts makes of the description: chat, a typed error, a resumed stream. */
export async function converse(baseUrl: string): Promise<void> {
  const client = createClient({ baseUrl, headers: { 'user-agent': USER_AGENT } });
  const signedIn = await signInByEmail({ client, body: { email: 'hey@example.com' } });
  if (signedIn.data === undefined || !('access_token' in signedIn.data)) {
    throw new Error(`signing in gave ${JSON.stringify(signedIn.error)}`);
  }
  client.setConfig({ auth: signedIn.data.access_token });

  const body = { message: 'Hello' };
  const first = await sendMessage({ client, body, headers: { 'Idempotency-Key': 'one' } });
  const again = await sendMessage({ client, body, headers: { 'Idempotency-Key': 'one' } });
  assertEqual(again.data, first.data);
  const other = await sendMessage({
    client,
    body: { message: 'Other' },
    headers: { 'Idempotency-Key': 'one' },
  });
  assertEqual(other.error?.code, 'idempotency_key_reused');

  const lastIds: (string | undefined)[] = [];
  const streamed = await streamMessage({
    client,
    body: { message: 'Stream' },
    onSseEvent: ({ id }) => lastIds.push(id),
  });
  let messageId = '';
  for await (const event of streamed.stream) {
    if (event.type === 'accepted') {
      messageId = event.message_id;
      break;
    }
  }
  const resumed = await streamMessageAgain({
    client,
    path: { message_id: messageId },
    headers: { 'Last-Event-ID': lastIds[0] ?? '' },
  });
  let text = '';
  for await (const event of resumed.stream) {
    if (event.type === 'delta') {
      text += event.text;
    } else if (event.type === 'done') {
      assertEqual(event.response, text);
      break;
    } else {
      throw new Error(`unexpected: ${event.type}`);
    }
  }
  const history = await getHistory({ client, query: { limit: 10 } });
  assertEqual(history.data?.messages.at(-1)?.response, text);
  assertEqual(history.data?.total, 2);
  await endSession({ client });
  assertEqual((await getSession({ client })).error?.code, 'session_ended');
}
