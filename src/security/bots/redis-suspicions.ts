import type { Redis } from 'ioredis';
import type { BotTiming } from './bot-timing.js';
import type { Observation, Verdict } from './suspicions.js';

/**
 * The rules of `suspicion.ts` in one atomic step, on the clock of Redis: those of the replicas differ. Keys
 * come in pairs, a subject's and what it counts once; the answer is for how long the request is refused,
 * then the cool-down that began for each subject, or 0. Keys expire when they mean nothing any more.
 */
const OBSERVE_SCRIPT = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local half_life, forgotten, cool_down, longest, pardoned, fastest_gap, even_gaps =
  tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]),
  tonumber(ARGV[8])
local subjects, refused_for = {}, 0
for i = 1, #KEYS / 2 do
  local f = redis.call('HMGET', KEYS[2 * i - 1], 'score', 'scored_at', 'cools_until', 'cool_downs', 'a1', 'a2', 'a3')
  subjects[i] = {
    score = tonumber(f[1] or 0), scored_at = tonumber(f[2] or 0),
    cools_until = tonumber(f[3] or -math.huge), cool_downs = tonumber(f[4] or 0),
    a1 = tonumber(f[5]), a2 = tonumber(f[6]), a3 = tonumber(f[7])
  }
  refused_for = math.max(refused_for, subjects[i].cools_until - now)
end
if refused_for > 0 then
  return {math.ceil(refused_for)}
end

local function is_news(key)
  local seen_at = redis.call('GET', key)
  if seen_at and now - tonumber(seen_at) < forgotten then
    return false
  end
  redis.call('SET', key, now, 'PX', forgotten)
  return true
end

local function is_inhuman(s)
  if s.a3 and now - s.a3 < fastest_gap then
    return true
  end
  if not s.a1 then
    return false
  end
  local g1, g2, g3 = s.a2 - s.a1, s.a3 - s.a2, now - s.a3
  return math.max(g1, g2, g3) - math.min(g1, g2, g3) < even_gaps
end

local answer = {0}
for i, s in ipairs(subjects) do
  local key, threshold, counts = KEYS[2 * i - 1], tonumber(ARGV[7 + 2 * i]), ARGV[8 + 2 * i]
  local is_hit = counts == 'always' or (counts == 'once' and is_news(KEYS[2 * i]))
  answer[i + 1] = 0
  if counts == 'cadence' then
    is_hit = is_inhuman(s)
    redis.call('HSET', key, 'a1', s.a2 or '', 'a2', s.a3 or '', 'a3', now)
  end
  if is_hit then
    local elapsed = math.max(0, now - s.scored_at)
    local score = (elapsed >= forgotten and 0 or s.score * 2 ^ (-elapsed / half_life)) + 1
    if score > threshold then
      if now - s.cools_until >= pardoned then
        s.cool_downs = 0
      end
      local length = math.min(longest, cool_down * 2 ^ s.cool_downs)
      score, s.cools_until, s.cool_downs = 0, now + length, s.cool_downs + 1
      redis.call('HSET', key, 'cools_until', s.cools_until, 'cool_downs', s.cool_downs)
      answer[i + 1], answer[1] = length, math.max(answer[1], length)
    end
    redis.call('HSET', key, 'score', score, 'scored_at', now)
  end
  if is_hit or counts == 'cadence' then
    redis.call('PEXPIRE', key, math.ceil(math.max(forgotten, s.cools_until + pardoned - now)))
  end
end
return answer`;

/**
 * Suspicions in Redis, which all replicas share; one round trip however many subjects a request has.
 *
 * @param now Milliseconds on another clock than that of Redis.
 */
export async function observeInRedis(
  client: Redis,
  observations: readonly Observation[],
  timing: BotTiming,
  now?: number,
): Promise<Verdict> {
  const keys = observations.flatMap(({ key, onceKey }) => [key, onceKey ?? key]);
  const { halfLifeMs, forgottenAfterMs, coolDownMs, longestCoolDownMs, pardonedAfterMs } = timing;
  const [refusedForMs = 0, ...coolDowns] = (await client.eval(
    OBSERVE_SCRIPT,
    keys.length,
    ...keys,
    ...[now ?? '', halfLifeMs, forgottenAfterMs, coolDownMs, longestCoolDownMs, pardonedAfterMs],
    ...[timing.fastestGapMs, timing.evenGapsMs],
    ...observations.flatMap(({ threshold, counts }) => [threshold, counts]),
  )) as number[];
  return {
    refusedForMs,
    started: observations.flatMap(({ part }, index) => {
      const started = coolDowns[index] ?? 0;
      return started > 0 ? [{ part, coolDownMs: started }] : [];
    }),
  };
}
