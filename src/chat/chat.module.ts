import { Module } from '@nestjs/common';
import { AiModule } from '../ai/ai.module.js';
import { TokenBudget } from './budget/token-budget.js';
import { ChatController } from './chat.controller.js';
import { ChatService } from './chat.service.js';
import { DeskModule } from './desk/desk.module.js';
import { HistoryEraser } from './erasure/history-eraser.js';
import { HistoryService } from './history.service.js';
import { EndAbandonedTurnsJob } from './housekeeping/end-abandoned-turns.job.js';
import { RemoveChatLeftoversJob } from './housekeeping/remove-chat-leftovers.job.js';
import { RemoveOldConversationsJob } from './housekeeping/remove-old-conversations.job.js';
import { MessageIntake } from './message-intake.js';
import { MessageLengthPipe } from './message-length.pipe.js';
import { NewsController } from './news/news.controller.js';
import { NewsReader } from './news/news-reader.js';
import { NewsStreams } from './news/news-streams.js';
import { NewsWatch } from './news/news-watch.js';
import { ChatCompletionsController } from './openai/chat-completions.controller.js';
import { ReplyStorage } from './reply-storage.js';
import { ChatStreamController } from './streaming/chat-stream.controller.js';
import { DeltaJournal } from './streaming/delta-journal.js';
import { EventStreams } from './streaming/event-streams.js';
import { OpenStreams } from './streaming/open-streams.js';
import { RunningTurns } from './streaming/running-turns.js';
import { TurnFollower } from './streaming/turn-follower.js';
import { TurnSignalsListener } from './streaming/turn-signals.listener.js';
import { TurnCompletion } from './turn-completion.js';
import { TurnRunner } from './turn-runner.js';
import { TurnStore } from './turn.store.js';

@Module({
  imports: [AiModule, DeskModule],
  controllers: [ChatController, ChatStreamController, NewsController, ChatCompletionsController],
  providers: [
    ...[MessageLengthPipe, MessageIntake, ChatService, TurnStore, TurnRunner, TurnCompletion, ReplyStorage],
    ...[TokenBudget, HistoryService, HistoryEraser],
    ...[EndAbandonedTurnsJob, RemoveChatLeftoversJob, RemoveOldConversationsJob],
    ...[NewsReader, NewsStreams, NewsWatch],
    ...[DeltaJournal, EventStreams, OpenStreams, RunningTurns, TurnFollower, TurnSignalsListener],
  ],
})
export class ChatModule {}
