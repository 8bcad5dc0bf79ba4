import { Injectable, type PipeTransform } from '@nestjs/common';
import { validationProblem } from '../common/http/request-validation.pipe.js';
import { Configuration } from '../config/configuration.js';
import type { SendMessageRequest } from './dto/send-message.request.js';
import { codePointLength } from './message-text.js';

/** Applies MAX_MESSAGE_LENGTH, which a decorator on the DTO could not know. */
@Injectable()
export class MessageLengthPipe implements PipeTransform<SendMessageRequest, SendMessageRequest> {
  constructor(private readonly configuration: Configuration) {}

  transform(body: SendMessageRequest): SendMessageRequest {
    const { maxMessageLength } = this.configuration.chat;
    if (codePointLength(body.message) > maxMessageLength) {
      throw validationProblem([
        { field: 'message', message: `must be at most ${maxMessageLength} characters long` },
      ]);
    }
    return body;
  }
}
