import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { toProblem } from '../../src/common/problem/framework-errors.js';
import { Problem } from '../../src/common/problem/problem.js';

const withProperties = (properties: object): Error => Object.assign(new Error('secret detail'), properties);

describe('toProblem', () => {
  it.each([
    [new Problem('invalid_cursor'), 'invalid_cursor'],
    [new NotFoundException(), 'not_found'],
    [new BadRequestException(), 'malformed_request'],
    [new HttpException('teapot', 418), 'malformed_request'],
    [new HttpException('broken', 502), 'internal_error'],
    [withProperties({ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 'payload_too_large'],
    [withProperties({ code: 'FST_ERR_NEW', statusCode: 415 }), 'unsupported_media_type'],
    [withProperties({ statusCode: 400 }), 'malformed_request'],
    [withProperties({}), 'internal_error'],
    ['a string', 'internal_error'],
    [undefined, 'internal_error'],
  ])('should turn %s into %s', (error, code) => {
    const problem = toProblem(error);
    expect(problem.code).toBe(code);
    expect(problem.detail).not.toContain('secret');
  });
});
