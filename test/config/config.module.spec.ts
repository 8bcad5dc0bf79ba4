import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module.js';
import { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';

@Injectable()
class Reader {
  constructor(readonly configuration: Configuration) {}
}

@Module({ providers: [Reader] })
class FeatureModule {}

test('the configuration can be injected into any module by its type', async () => {
  const secret = randomBytes(32).toString('hex');
  const { configuration } = loadConfiguration({ JWT_SECRET_KEY: secret, EMAIL_HASH_KEY: secret }, tmpdir());
  const application = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(configuration), FeatureModule],
  }).compile();

  expect(application.get(Reader, { strict: false }).configuration).toBe(configuration);
  await application.close();
});
