/**
 * TypeScript is transformed to CommonJS while the ESM packages it imports load through require(esm).
 * That keeps `jest` global and mocks hoisted; the built service itself runs as real ESM (see .ci/run).
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  testTimeout: 30_000,
  // A worker keeps something of each file it has run, its coverage above all, and gets slower file by file.
  workerIdleMemoryLimit: '1GB',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // The fault suite takes minutes and has a configuration of its own.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/faults/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
        },
      },
    ],
  },
  coverageProvider: 'v8',
  // Without the files that are types alone. The entry files count, although their tests run them in processes
  // of their own, where coverage does not see them.
  collectCoverageFrom: [
    'src/**/*.ts',
    'migrations/**/*.ts',
    '!src/ai/reply.ts',
    '!src/ai/stream/reply-stage.ts',
    '!src/common/events/transaction.ts',
    '!src/notification/notification.ts',
    '!src/notification/channels/channel-kind.ts',
    '!src/notification/channels/discord/discord-gateway.ts',
  ],
  coverageThreshold: { global: { lines: 94, branches: 93 } },
};
