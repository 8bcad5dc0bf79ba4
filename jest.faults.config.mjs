import base from './jest.config.mjs';

const LEFT_OUT = ['globalSetup', 'globalTeardown', 'coverageThreshold'];

/**
 * The fault suite (docs/fault-suite.md): scenarios of seconds to minutes, one after the other, each on servers of
 * its own.
 * @type {import('jest').Config}
 */
export default {
  ...Object.fromEntries(Object.entries(base).filter(([name]) => !LEFT_OUT.includes(name))),
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
