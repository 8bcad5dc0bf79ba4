import fastify from 'fastify';
import fc from 'fast-check';
import { aiModels } from '../../src/config/formats/ai-models.format.js';
import type { Format } from '../../src/config/formats/format.js';
import { listOf } from '../../src/config/formats/list.format.js';
import {
  baseUrl,
  connectionUrl,
  host,
  origins,
  trustedProxies,
} from '../../src/config/formats/network.formats.js';
import { decimalNumber, wholeNumber } from '../../src/config/formats/number.formats.js';
import { rateLimit } from '../../src/config/formats/rate-limit.format.js';
import { apiKey, boolean, oneOf, secretKey, snowflake, text } from '../../src/config/formats/text.formats.js';

const database = connectionUrl(['postgres', 'postgresql'], 'postgresql://localhost/parley');

const ACCEPTED: readonly (readonly [string, string, Format<unknown>, unknown])[] = [
  ...['true', '1', 'yes', 'on', 'TRUE'].map((word) => ['boolean', word, boolean, true] as const),
  ...['false', '0', 'no', 'off', 'Off'].map((word) => ['boolean', word, boolean, false] as const),
  ['oneOf', 'hs384', oneOf('HS256', 'HS384'), 'HS384'],
  ['text', 'abc', text(3), 'abc'],
  ['wholeNumber', '0', wholeNumber(0, 65_535), 0],
  ['wholeNumber', '65535', wholeNumber(0, 65_535), 65_535],
  ['decimalNumber', '0.7', decimalNumber(0, 2), 0.7],
  ['decimalNumber', '2', decimalNumber(0, 2), 2],
  ['apiKey', 'sk-a_b.c=', apiKey, 'sk-a_b.c='],
  ['secretKey', 'é'.repeat(16), secretKey, 'é'.repeat(16)],
  ['snowflake', '1234567890123456789', snowflake, '1234567890123456789'],
  ['host', '0.0.0.0', host, '0.0.0.0'],
  ['host', '::1', host, '::1'],
  ['host', 'api.example-1.com', host, 'api.example-1.com'],
  ['trustedProxies', '0', trustedProxies, false],
  ['trustedProxies', '32', trustedProxies, 32],
  ['trustedProxies', '10.0.0.1', trustedProxies, ['10.0.0.1']],
  ['trustedProxies', '10.0.0.0/8, fd00::/8', trustedProxies, ['10.0.0.0/8', 'fd00::/8']],
  ['trustedProxies', '::ffff:10.0.0.1,1.2.3.4/32', trustedProxies, ['::ffff:10.0.0.1', '1.2.3.4/32']],
  ['origins', 'https://a.example', origins, ['https://a.example']],
  ['origins', 'HTTPS://A.example:443/, http://b:8080', origins, ['https://a.example', 'http://b:8080']],
  ['baseUrl', 'https://api.example.com/v1/', baseUrl, 'https://api.example.com/v1'],
  ['baseUrl', 'http://127.0.0.1:9000', baseUrl, 'http://127.0.0.1:9000'],
  [
    'connectionUrl',
    'postgres://u:p@h:5432/d?sslmode=require',
    database,
    'postgres://u:p@h:5432/d?sslmode=require',
  ],
  ['connectionUrl', 'postgresql:///d?host=/run/postgresql', database, 'postgresql:///d?host=/run/postgresql'],
  ['rateLimit', '10/minute', rateLimit, { limit: 10, windowMs: 60_000 }],
  ['rateLimit', '1 / Day', rateLimit, { limit: 1, windowMs: 86_400_000 }],
  ['aiModels', 'offline', aiModels, [{ provider: 'offline', model: 'offline' }]],
  [
    'aiModels',
    'compatible:llama3:8b, openai:gpt-4.1-mini',
    aiModels,
    [
      { provider: 'compatible', model: 'llama3:8b' },
      { provider: 'openai', model: 'gpt-4.1-mini' },
    ],
  ],
];

const REFUSED: readonly (readonly [string, string, Format<unknown>])[] = [
  ...['ja', '2', 'truee', 't'].map((word) => ['boolean', word, boolean] as const),
  ['oneOf', 'blocks', oneOf('block', 'off')],
  ['text', 'abcd', text(3)],
  ...['-1', '65536', '1.5', '1e3', '0x10', '12abc', '１', '9'.repeat(400)].map(
    (value) => ['wholeNumber', value, wholeNumber(0, 65_535)] as const,
  ),
  ...['-0.1', '2.01', '.5', '1.', 'NaN', 'Infinity', '0,7', '1e0'].map(
    (value) => ['decimalNumber', value, decimalNumber(0, 2)] as const,
  ),
  ...['a b', 'a\nb', 'schlüssel'].map((value) => ['apiKey', value, apiKey] as const),
  ['secretKey', 'x'.repeat(31), secretKey],
  ...['12a', '-1', '1'.repeat(21)].map((value) => ['snowflake', value, snowflake] as const),
  ...['a b', 'http://a', '-a', 'a..b', '1.2.3', '999.1.1.1', 'a:80', `${'a'.repeat(64)}.b`].map(
    (value) => ['host', value, host] as const,
  ),
  ...[
    '33',
    '-1',
    'true',
    'loopback',
    '10.0.0.0/0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/',
    '1,10.0.0.1',
    '10.0.0.1,',
  ].map((value) => ['trustedProxies', value, trustedProxies] as const),
  ...[
    '*',
    'null',
    'a.example',
    'ftp://a.example',
    'https://a.example/path',
    'https://a.example?x',
    'https://a.example#x',
    'https://u:p@a.example',
    'https://*.a.example',
    'https://',
    'https:///a',
    'https://a.example,,https://b.example',
  ].map((value) => ['origins', value, origins] as const),
  ...[
    'api.example.com',
    'ftp://a',
    'http://',
    'https://u@a',
    'https://:p@a',
    'https://a/?key=1',
    'https://a/#b',
    'http://a:99999',
  ].map((value) => ['baseUrl', value, baseUrl] as const),
  ...['mysql://h/d', 'h/d', 'postgres:h', 'postgresql://h:port/d', 'sqlite:///./chat.db'].map(
    (value) => ['connectionUrl', value, database] as const,
  ),
  ...[
    '10',
    '0/minute',
    '10/week',
    '10/minutes',
    '-1/minute',
    '1.5/minute',
    '1000001/day',
    '/minute',
    '10/',
  ].map((value) => ['rateLimit', value, rateLimit] as const),
  ...[
    'gpt-4',
    'openai:',
    ':gpt-4',
    'mistral:large',
    'openai:gpt 4',
    'OpenAI:gpt-4',
    'offline:x',
    'openai:a,,openai:b',
    ',',
  ].map((value) => ['aiModels', value, aiModels] as const),
];

describe('the formats of settings', () => {
  test.each(ACCEPTED)('%s reads %s', (_name, value, format, expected) => {
    expect(format.parse(value)).toStrictEqual(expected);
  });

  test.each(REFUSED)('%s refuses %s', (_name, value, format) => {
    expect(format.parse(value)).toBeUndefined();
  });

  test('every accepted list of trusted proxies is one that the HTTP server takes', async () => {
    const anyNetwork = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map((parts) => parts.join('/')),
      fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })).map((parts) => parts.join('/')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyNetwork, { minLength: 1, maxLength: 4 }), async (networks) => {
        const trusted = trustedProxies.parse(networks.join(','));
        expect(trusted).toStrictEqual([...new Set(networks)]);
        await fastify({ trustProxy: trusted as string[] }).close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('a rate limit', () => {
  const windows = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
  const anyWindow = fc.constantFrom('second', 'minute', 'hour', 'day');

  test('is read back from every limit within the bounds, and from none outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 2_000_000 }), anyWindow, (limit, unit) => {
        const isWithin = limit >= 1 && limit <= 1_000_000;
        const expected = isWithin ? { limit, windowMs: windows[unit] } : undefined;
        expect(rateLimit.parse(`${limit}/${unit}`)).toStrictEqual(expected);
      }),
    );
  });

  test('never comes out of any text as anything but a positive limit in a known window', () => {
    const anyText = fc.string({
      unit: fc.constantFrom(...Array.from('0123456789/ -.esconddayminuthr')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(anyText, (value) => {
        const parsed = rateLimit.parse(value);
        if (parsed !== undefined) {
          expect(Object.values(windows)).toContain(parsed.windowMs);
          expect(Number.isInteger(parsed.limit) && parsed.limit >= 1).toBe(true);
        }
      }),
    );
  });
});

describe('a list', () => {
  const words = listOf(text(5), 'a list of words');
  const anyWord = fc.string({
    unit: fc.constantFrom(...Array.from('abcXYZ09-/:')),
    minLength: 1,
    maxLength: 5,
  });
  const anySpace = fc.constantFrom('', ' ', '  ', '\t');

  test('gives back its items in order, once each, whatever the spaces around them', () => {
    const anyItems = fc.array(fc.tuple(anySpace, anyWord, anySpace), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyItems, (items) => {
        const expected = [...new Set(items.map(([, word]) => word))];
        expect(words.parse(items.map((parts) => parts.join('')).join(','))).toStrictEqual(expected);
      }),
    );
  });

  test('with one wrong or empty item is wrong as a whole', () => {
    const anyItems = fc.array(anyWord, { maxLength: 5 });
    fc.assert(
      fc.property(anyItems, anyItems, fc.constantFrom('', ' ', 'longer'), (before, after, wrong) => {
        expect(words.parse([...before, wrong, ...after].join(','))).toBeUndefined();
      }),
    );
  });

  test('of hidden items is hidden itself', () => {
    expect([origins.mayHoldPassword, words.mayHoldPassword]).toStrictEqual([true, undefined]);
  });
});
