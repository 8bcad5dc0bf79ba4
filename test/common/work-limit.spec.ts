import { WorkLimit } from '../../src/common/load/work-limit.js';

const MOST = 64;
const LEAST = 8;

describe('The limit of work in hand', () => {
  let limit: WorkLimit;
  let now: number;

  beforeEach(() => {
    limit = new WorkLimit(MOST, LEAST);
    now = 0;
  });

  /** One request after the other, each taking so long; then a look at a loop that is so late. */
  const interval = (durations: readonly number[], loopDelayMs = 0): number => {
    for (const duration of durations) {
      const request = {};
      limit.enter(request, now);
      now += duration;
      limit.leave(request, now);
    }
    limit.adjust(loopDelayMs, now);
    return limit.limit;
  };

  it('should let in as many as it may, and one more for each that leaves', () => {
    const requests = Array.from({ length: MOST }, () => ({}));
    for (const request of requests) {
      expect(limit.hasRoom).toBe(true);
      limit.enter(request, now);
    }
    expect(limit.hasRoom).toBe(false);
    limit.leave(requests[0]!, now);
    limit.leave(requests[0]!, now);
    expect([limit.hasRoom, limit.size]).toEqual([true, MOST - 1]);
    limit.leave({}, now);
    expect(limit.size).toBe(MOST - 1);
  });

  it('should be halved as long as even the fastest waits too long, down to the least', () => {
    expect(interval([1_001, 1_500])).toBe(32);
    expect(interval([1_200])).toBe(16);
    expect(interval([1_200])).toBe(8);
    expect(interval([1_200])).toBe(LEAST);
  });

  it('should not mind slow ones while others are fast', () => {
    expect(interval([5_000, 9, 5_000])).toBe(MOST);
  });

  it('should be halved while the event loop is late', () => {
    expect(interval([9], 201)).toBe(32);
  });

  it('should be halved while many wait and none ends, but not for a few', () => {
    Array.from({ length: LEAST - 1 }, () => limit.enter({}, 0));
    now = 5_000;
    expect(interval([])).toBe(MOST);
    limit.enter({}, now);
    expect(interval([])).toBe(32);
  });

  it('should grow back step by step', () => {
    expect(interval([1_200])).toBe(32);
    expect(interval([9])).toBe(40);
    expect(interval([])).toBe(48);
    expect(interval([9])).toBe(56);
    expect(interval([9])).toBe(MOST);
    expect(interval([9])).toBe(MOST);
  });
});
