/**
 * The house rules: which module may import which. One-way only; a module not named in an entry is closed to
 * it. Modules otherwise speak through guards, decorators and domain events.
 */
const MAY_IMPORT = {
  config: [],
  common: ['config'],
  database: ['config', 'common'],
  security: ['config', 'common'],
  auth: ['config', 'common', 'database', 'security'],
  ai: ['config', 'common'],
  chat: ['config', 'common', 'database', 'security', 'auth'],
  notification: ['config', 'common', 'database'],
  health: ['config', 'common', 'database', 'security'],
  process: ['config', 'common', 'database'],
};

/** Single files that a module may import beyond the table. */
const MAY_ALSO_IMPORT = {
  // The one DataSource lists every entity; the migrations live beside src.
  database: ['^src/.+\\.entity\\.ts$', '^migrations/'],
  // The service and what goes in and out of it; never its insides.
  chat: ['^src/ai/(ai\\.module|ai\\.service|reply)\\.ts$'],
  health: ['^src/ai/(ai\\.module|ai\\.service)\\.ts$'],
  // Facts, and the desk at which what an operator says and decides takes effect.
  notification: [
    '^src/(auth|chat)/events/',
    '^src/chat/desk/(desk\\.module|operator-desk\\.service|operator-messages\\.service)\\.ts$',
  ],
};

const moduleRules = Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
  name: `${name}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: {
    path: '^(src|migrations|test|bench)/',
    pathNot: [
      `^src/(${[name, ...allowed].join('|')})/`,
      ...(MAY_ALSO_IMPORT[name] ?? []),
      '^package\\.json$',
    ],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...moduleRules,
    {
      name: 'every-folder-has-a-rule',
      comment: 'A new folder under src must be entered in the table above.',
      severity: 'error',
      from: { path: '^src/', pathNot: [`^src/(${Object.keys(MAY_IMPORT).join('|')})/`, '^src/[^/]+\\.ts$'] },
      to: {},
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.cli\\.ts$' }, to: {} },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
