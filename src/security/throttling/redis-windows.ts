import type { Redis } from 'ioredis';
import type { WindowState } from './fixed-windows.js';

/**
 * One atomic step. In the very millisecond in which a key expires it still exists with no time left, and
 * that is a new window, too: extending the old one would refuse everybody in it.
 */
const HIT_SCRIPT = `
local hits = redis.call('INCR', KEYS[1])
local remaining = redis.call('PTTL', KEYS[1])
if hits == 1 or remaining <= 0 then
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
  return {1, tonumber(ARGV[1])}
end
return {hits, remaining}`;

const READ_SCRIPT = `
local hits = tonumber(redis.call('GET', KEYS[1]) or 0)
local remaining = redis.call('PTTL', KEYS[1])
if hits == 0 or remaining <= 0 then
  return {0, tonumber(ARGV[1])}
end
return {hits, remaining}`;

/** Windows in Redis, which all replicas share; one round trip each. */
export const redisWindows = {
  hit: (client: Redis, key: string, windowMs: number) => run(client, HIT_SCRIPT, key, windowMs),
  read: (client: Redis, key: string, windowMs: number) => run(client, READ_SCRIPT, key, windowMs),
};

async function run(client: Redis, script: string, key: string, windowMs: number): Promise<WindowState> {
  const [hits, remainingMs] = (await client.eval(script, 1, key, windowMs)) as [number, number];
  return { hits, remainingMs };
}
