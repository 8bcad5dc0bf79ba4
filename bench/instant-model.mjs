/**
 * A language model that answers at once: an OpenAI chat-completions server on the loopback, so that what the
 * benchmark measures is the service's own time. Tells its parent the port it listens on.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';

const WORDS_PER_DELTA = 4;
const TEXT =
  'Thank you for asking. Your order left our warehouse this morning and should reach you within two working ' +
  'days. You will get a message with a link to follow the parcel as soon as the carrier has scanned it.';

function frame(choices, more) {
  const head = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'instant',
  };
  return `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
}

function choice(delta, finishReason = null) {
  return frame([{ index: 0, delta, finish_reason: finishReason }]);
}

function answer() {
  const words = TEXT.match(/\S+\s*/g);
  const frames = [choice({ role: 'assistant', content: '' })];
  for (let start = 0; start < words.length; start += WORDS_PER_DELTA) {
    frames.push(choice({ content: words.slice(start, start + WORDS_PER_DELTA).join('') }));
  }
  const usage = { prompt_tokens: 120, completion_tokens: 44, total_tokens: 164 };
  return [...frames, choice({}, 'stop'), frame([], { usage }), 'data: [DONE]\n\n'].join('');
}

const ANSWER = answer();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    // Flushed apart from the rest, so that it travels chunked, as a streamed answer does.
    response.write(ANSWER);
    response.end();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ port: server.address().port });
process.once('disconnect', () => process.exit(0));
