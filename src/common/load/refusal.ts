import { Problem } from '../problem/problem.js';

const LONGEST_RETRY_AFTER_SECONDS = 3;

/** Too much is going on in this process. The wait is drawn, so that not everybody comes back at once. */
export function busy(): Problem {
  return new Problem('service_unavailable', {
    detail: 'The service is busy right now; try again in a moment.',
    retryAfterSeconds: 1 + Math.floor(Math.random() * LONGEST_RETRY_AFTER_SECONDS),
  });
}

/** This process is on its way out; another one answers. */
export function elsewhere(): Problem {
  return new Problem('service_unavailable', {
    detail: 'This replica is being stopped; try again, another one answers.',
    retryAfterSeconds: 1,
  });
}
