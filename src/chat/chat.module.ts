import { Module } from '@nestjs/common';
import { AiModule } from '../ai/ai.module.js';
import { ChatController } from './chat.controller.js';
import { ChatService } from './chat.service.js';
import { HistoryService } from './history.service.js';
import { MessageIntake } from './message-intake.js';
import { RunningTurns } from './running-turns.js';
import { TurnStore } from './turn.store.js';

@Module({
  imports: [AiModule],
  controllers: [ChatController],
  providers: [MessageIntake, ChatService, TurnStore, HistoryService, RunningTurns],
})
export class ChatModule {}
