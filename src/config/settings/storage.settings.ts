import { connectionUrl } from '../formats/network.formats.js';
import { wholeNumber } from '../formats/number.formats.js';
import { optionalSetting, setting } from '../setting.js';

const DATABASE_EXAMPLE = 'postgresql://parley:password@localhost:5432/parley';
const REDIS_EXAMPLE = 'redis://localhost:6379';

export const STORAGE_SETTINGS = {
  DATABASE_URL: optionalSetting(connectionUrl(['postgres', 'postgresql'], DATABASE_EXAMPLE), {
    about: 'The PostgreSQL database.',
    unset: 'an embedded PostgreSQL in DATA_DIR',
    example: DATABASE_EXAMPLE,
    secret: true,
  }),
  DATABASE_DIRECT_URL: optionalSetting(connectionUrl(['postgres', 'postgresql'], DATABASE_EXAMPLE), {
    about:
      'The PostgreSQL server itself, where DATABASE_URL names a pooler in transaction mode, such as PgBouncer: for what needs a session of its own.',
    unset: 'DATABASE_URL leads to PostgreSQL itself',
    example: DATABASE_EXAMPLE,
    secret: true,
  }),
  DATABASE_POOL_SIZE: setting(wholeNumber(1, 500), {
    about: 'The most database connections that one process opens.',
    default: '10',
  }),
  DATABASE_CONNECT_TIMEOUT_SECONDS: setting(wholeNumber(1, 300), {
    about: 'How long to wait for a database connection.',
    default: '5',
  }),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: setting(wholeNumber(1, 3_600), {
    about: 'How long one SQL statement may take.',
    default: '10',
  }),
  DATABASE_LOCK_TIMEOUT_SECONDS: setting(wholeNumber(1, 3_600), {
    about: 'How long one SQL statement may wait for a lock.',
    default: '5',
  }),
  REDIS_URL: optionalSetting(connectionUrl(['redis', 'rediss'], REDIS_EXAMPLE), {
    about: 'The Redis server through which several processes share rate limits.',
    unset: 'each process counts for itself',
    example: REDIS_EXAMPLE,
    secret: true,
  }),
};
