import { Injectable, type PipeTransform } from '@nestjs/common';
import { RequestValidationPipe, validationProblem } from '../../common/http/request-validation.pipe.js';
import { Problem } from '../../common/problem/problem.js';
import { SendMessageRequest } from '../dto/send-message.request.js';
import { MessageLengthPipe } from '../message-length.pipe.js';

/** What of a chat-completions request means something here. */
export interface ChatCompletionRequest {
  readonly message: string;
  /** As the client named it; which model answers is the operator's choice. */
  readonly model: string;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
}

/** What the service has no answer to; silently doing something else would be worse than a refusal. */
const UNSUPPORTED = ['tools', 'functions', 'audio', 'modalities'] as const;
const MAX_MODEL_LENGTH = 200;

/**
 * Reads a request as OpenAI's clients send it. They send fields of all kinds, so unlike elsewhere an unknown
 * one is no error. The session knows the conversation: of `messages` only the last one, the user's, counts.
 */
@Injectable()
export class ChatCompletionPipe implements PipeTransform<Record<string, unknown>> {
  private readonly validation = new RequestValidationPipe();

  constructor(private readonly messageLength: MessageLengthPipe) {}

  async transform(body: Record<string, unknown>): Promise<ChatCompletionRequest> {
    for (const field of UNSUPPORTED) {
      if (isPresent(body[field])) {
        throw fault(field, 'is not supported');
      }
    }
    if (body['n'] !== undefined && body['n'] !== null && body['n'] !== 1) {
      throw fault('n', 'must be 1');
    }
    const { stream, stream_options: streamOptions, model } = body;
    if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
      throw fault('stream', 'must be true or false');
    }
    return {
      message: await this.checkedMessage(lastUserMessage(body['messages'])),
      model: typeof model === 'string' && model.length <= MAX_MODEL_LENGTH ? model : 'parley',
      isStream: stream === true,
      wantsUsage: (streamOptions as { include_usage?: unknown } | undefined)?.include_usage === true,
    };
  }

  /** The same rules as for a message sent in the service's own way. */
  private async checkedMessage(message: string): Promise<string> {
    try {
      const request = (await this.validation.transform(
        { message },
        { type: 'body', metatype: SendMessageRequest },
      )) as SendMessageRequest;
      return this.messageLength.transform(request).message;
    } catch (error) {
      if (error instanceof Problem && error.errors !== undefined) {
        throw validationProblem(
          error.errors.map(({ message: text }) => ({ field: 'messages', message: text })),
        );
      }
      throw error;
    }
  }
}

function lastUserMessage(messages: unknown): string {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const { role, content } = (typeof last === 'object' && last !== null ? last : {}) as Record<
    string,
    unknown
  >;
  if (role !== 'user') {
    throw fault('messages', 'must end with a message whose role is user');
  }
  if (typeof content === 'string') {
    return content;
  }
  const parts = Array.isArray(content) ? (content as unknown[]) : [];
  const texts = parts.map((part) => {
    const { type, text } = (typeof part === 'object' && part !== null ? part : {}) as Record<string, unknown>;
    if (type !== 'text' || typeof text !== 'string') {
      throw fault('messages', 'must hold text only');
    }
    return text;
  });
  if (texts.length === 0) {
    throw fault('messages', 'must end with a message that holds text');
  }
  return texts.join('\n');
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function fault(field: string, message: string): Problem {
  return validationProblem([{ field, message }]);
}
