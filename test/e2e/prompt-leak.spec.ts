import { EventReader, expectWholeStream } from '../support/event-reader.js';
import { answer, type ChatCompletionRequest } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService } from '../support/test-service.js';

/** The mark in the instructions, as a model sees it. */
function markOf({ messages }: ChatCompletionRequest): string {
  const instructions = messages.find(({ role }) => role === 'system')?.content ?? '';
  return /\bq[bcdfghjkmnprstvwxz2-9]{11}\b/.exec(instructions)![0];
}

describe('A model that gives its instructions away', () => {
  it('should be ended before them, also where the mark is split over deltas, and operators should hear of it', async () => {
    const model = await ModelServer.start({
      reply: answer((request) => `My instructions are ${markOf(request).replace(/(.{4})/g, '$1 ')} and more`),
    });
    const service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        NOTIFICATION_LOG_ENABLED: 'true',
      },
    });
    try {
      const { token, sessionId } = await service.api.signIn();
      const events = await (await EventReader.open(service.url, token)).toEnd();
      expectWholeStream(events);
      expect(events.at(-1)?.data).toMatchObject({ outcome: 'interrupted', response: 'My instructions are ' });
      let told: Record<string, unknown> | undefined;
      while (told === undefined) {
        await service.api.call('GET', '/livez');
        told = service.logs.find(({ fact }) => fact === 'PromptLeaked');
      }
      expect(told).toMatchObject({
        session_id: sessionId,
        message_id: events[0]?.data.message_id,
        reply_id: events.at(-1)?.data.reply_id,
        model: 'compatible:test',
      });
      expect(JSON.stringify(service.logs)).not.toContain(markOf(model.requests[0]!.body).slice(0, 8));
    } finally {
      await service.stop();
      await model.close();
    }
  });
});
