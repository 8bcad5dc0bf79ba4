import type { AnswerScript, ChatCompletionRequest, Fault } from './model-script.js';

/** One step of a streamed answer: bytes to send, or the fault that takes over. */
export type StreamStep = { readonly frame: string } | { readonly fault: Fault };

const MALFORMED_FRAME = 'data: {"choices":[{"delta":\n\n';
const ERROR_FRAME = frame({
  error: { message: 'The server had an error', type: 'server_error', code: null, param: null },
});

/** The server-sent events of a streamed answer, one step per delta. */
export function streamSteps(script: AnswerScript, request: ChatCompletionRequest): StreamStep[] {
  const envelope = { ...head(request, 'chat.completion.chunk') };
  const choice = (delta: object, finishReason: string | null): StreamStep => ({
    frame: frame({ ...envelope, choices: [{ index: 0, delta, finish_reason: finishReason }] }),
  });
  const text = script.text(request);
  const field = script.isRefusal ? 'refusal' : 'content';
  const steps: StreamStep[] = [
    choice({ role: 'assistant', content: '' }, null),
    ...deltasOf(text, script.wordsPerDelta).map((delta) => choice({ [field]: delta }, null)),
  ];
  if (script.fault !== undefined) {
    steps.splice(1 + script.fault.afterDeltas, 0, ...faultSteps(script.fault));
  }
  steps.push(choice({}, script.finishReason));
  if (request.stream_options?.include_usage === true) {
    steps.push({ frame: frame({ ...envelope, choices: [], usage: usageOf(request, text) }) });
  }
  return [...steps, { frame: 'data: [DONE]\n\n' }];
}

/** The body of an answer that is not streamed. */
export function completion(script: AnswerScript, request: ChatCompletionRequest): object {
  const text = script.text(request);
  return {
    ...head(request, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: script.isRefusal
          ? { role: 'assistant', content: null, refusal: text }
          : { role: 'assistant', content: text },
        finish_reason: script.finishReason,
      },
    ],
    usage: usageOf(request, text),
  };
}

/** The body OpenAI sends with an HTTP error; it quotes the key, as theirs does, to prove nobody logs it. */
export function errorBody(status: number, key: string): object {
  const message = status === 401 ? `Incorrect API key provided: ${key}.` : `Failed with ${status}.`;
  return { error: { message, type: 'invalid_request_error', param: null, code: null } };
}

function faultSteps(fault: Fault): StreamStep[] {
  switch (fault.kind) {
    case 'malformed':
      return [{ frame: MALFORMED_FRAME }];
    case 'error':
      return [{ frame: ERROR_FRAME }];
    default:
      return [{ fault }];
  }
}

function deltasOf(text: string, wordsPerDelta: number): string[] {
  const words = wordsOf(text);
  const deltas: string[] = [];
  for (let start = 0; start < words.length; start += wordsPerDelta) {
    deltas.push(words.slice(start, start + wordsPerDelta).join(''));
  }
  return deltas;
}

/** Each with the blanks behind it. Looks at borders alone: a repetition over megabytes would exhaust the matcher's stack. */
function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\s)(?=\S)/);
}

function head(request: ChatCompletionRequest, object: string): object {
  return { id: 'chatcmpl-1', object, created: Math.floor(Date.now() / 1000), model: request.model };
}

/** Counted in words: what matters is that the figures are known, not that they are a tokenizer's. */
function usageOf(request: ChatCompletionRequest, text: string): object {
  const prompt = request.messages.reduce((sum, message) => sum + wordCount(message.content), 0);
  const completion = wordCount(text);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}

function wordCount(text: string): number {
  return wordsOf(text).filter((word) => word.trim() !== '').length;
}

function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
