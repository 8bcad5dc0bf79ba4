import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';

/**
 * What `PARLEY_TEST_PROFILE=production` adds: the suite as in production, with every guard at work. The limits
 * are high enough for the load of the tests; those about a limit set their own.
 */
const PRODUCTION_PROFILE: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  RATE_LIMITING_ENABLED: 'true',
  CHAT_RATE_LIMIT: '100000/minute',
  AUTH_RATE_LIMIT: '100000/minute',
  BOT_DETECTION_ENABLED: 'true',
  SCREENING_MODE: 'block',
};

const isProductionProfile = process.env['PARLEY_TEST_PROFILE'] === 'production';

/** Settings every test starts from; a test names only what it is about. */
export const TEST_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  JWT_SECRET_KEY: 'T4k9sQ2mX7vB1nC8zL5wE3rY6uJ0pGhD-test',
  EMAIL_HASH_KEY: 'h8Kq3Zt5Yw1Rb7Nc4Vx9Lm2Pd6Sf0Gj-test-e',
  LOG_LEVEL: 'silent',
  LOG_FORMAT: 'json',
  RATE_LIMITING_ENABLED: 'false',
  ...(isProductionProfile ? PRODUCTION_PROFILE : {}),
};

let dataDirectory: string | undefined;

export function testConfiguration(settings: Readonly<Record<string, string>> = {}): Configuration {
  dataDirectory ??= mkdtempSync(join(tmpdir(), 'parley-test-data-'));
  const environment = { ...TEST_ENVIRONMENT, DATA_DIR: dataDirectory, ...settings };
  return loadConfiguration(environment, dataDirectory, false).configuration;
}
