import base from './jest.config.mjs';

const { globalSetup: _setup, globalTeardown: _teardown, coverageThreshold: _threshold, ...rest } = base;

/**
 * The fault suite (docs/fault-suite.md): scenarios of seconds to minutes, one after the other, each on servers of
 * its own.
 * @type {import('jest').Config}
 */
export default {
  ...rest,
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
