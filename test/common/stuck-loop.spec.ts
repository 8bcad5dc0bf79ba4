import { StuckLoop } from '../../src/common/load/stuck-loop.js';

describe('The judgement on the event loop', () => {
  let loop: StuckLoop;

  beforeEach(() => {
    loop = new StuckLoop();
  });

  /** A look each second, from one second to another. */
  const observe = (delayMs: number, fromSecond: number, toSecond: number): void => {
    for (let second = fromSecond; second <= toSecond; second += 1) {
      loop.observe(delayMs, second * 1_000);
    }
  };

  it('should be that it is stuck when it was late all through half a minute', () => {
    observe(1_000, 0, 29);
    expect(loop.isStuck).toBe(false);
    observe(1_000, 30, 30);
    expect(loop.isStuck).toBe(true);
  });

  it('should begin anew when it was in time once', () => {
    observe(5_000, 0, 29);
    observe(999, 30, 30);
    observe(5_000, 31, 60);
    expect(loop.isStuck).toBe(false);
    observe(5_000, 61, 61);
    expect(loop.isStuck).toBe(true);
  });

  it('should be that it is well again only after ten seconds well in time', () => {
    observe(1_000, 0, 30);
    observe(100, 31, 40);
    observe(600, 41, 41);
    observe(100, 42, 51);
    expect(loop.isStuck).toBe(true);
    observe(100, 52, 52);
    expect(loop.isStuck).toBe(false);
  });
});
