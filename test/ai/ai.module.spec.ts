import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AiModule } from '../../src/ai/ai.module.js';
import { AiService } from '../../src/ai/ai.service.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { aiConfiguration, hear } from './ai-under-test.js';

it('gives other modules the service, made from the configuration', async () => {
  @Module({ imports: [AiModule] })
  class Neighbour {
    constructor(readonly ai: AiService) {}
  }
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(aiConfiguration({})), Neighbour],
  }).compile();

  const { ai } = module.get(Neighbour);

  expect(ai).toBeInstanceOf(AiService);
  expect((await hear(ai)).reply.model).toBe('offline');
});
