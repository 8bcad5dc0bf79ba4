import { Problem } from '../../src/common/problem/problem.js';
import { toDatabaseProblem } from '../../src/database/database-failure.js';

const failure = (code: string | undefined, message = 'driver text'): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('toDatabaseProblem', () => {
  it.each([
    '08006',
    '53300',
    '53100',
    '57P01',
    '57014',
    '55P03',
    '25006',
    '25P03',
    '40P01',
    'ECONNREFUSED',
    'ENOENT',
    'EPIPE',
  ])('should make %s a service_unavailable that keeps the cause to itself', (code) => {
    const problem = toDatabaseProblem(failure(code)) as Problem;
    expect(problem).toBeInstanceOf(Problem);
    expect([problem.code, problem.headers['retry-after']]).toEqual(['service_unavailable', '2']);
    expect(problem.detail).not.toContain('driver');
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Query read timeout',
  ])('should know the driver’s %j, which has no code', (message) => {
    expect(toDatabaseProblem(failure(undefined, message))).toBeInstanceOf(Problem);
  });

  it.each([failure('23505'), failure('42P01'), failure(undefined), 'text', new Problem('not_found')])(
    'should pass on %s unchanged',
    (error) => {
      expect(toDatabaseProblem(error)).toBe(error);
    },
  );
});
