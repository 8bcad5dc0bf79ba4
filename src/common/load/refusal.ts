import { Problem } from '../problem/problem.js';

const LONGEST_RETRY_AFTER_SECONDS = 3;

/** Made once: under a flood, gathering the stack of each would take a tenth of what a refusal costs. */
const BUSY = Array.from(
  { length: LONGEST_RETRY_AFTER_SECONDS },
  (_, index) =>
    new Problem('service_unavailable', {
      detail: 'The service is busy right now; try again in a moment.',
      retryAfterSeconds: index + 1,
    }),
);
const ELSEWHERE = new Problem('service_unavailable', {
  detail: 'This replica is being stopped; try again, another one answers.',
  retryAfterSeconds: 1,
});

/** Too much is going on in this process. The wait is drawn, so that not everybody comes back at once. */
export function busy(): Problem {
  return BUSY[Math.floor(Math.random() * BUSY.length)] ?? ELSEWHERE;
}

/** This process is on its way out; another one answers. */
export function elsewhere(): Problem {
  return ELSEWHERE;
}
