import { browserFamily } from '../../src/auth/browser/browser-family.js';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';

const BROWSERS: readonly [family: string, userAgent: string][] = [
  ['chrome', `${WINDOWS} Chrome/142.0.0.0 Safari/537.36`],
  ['chrome', `${ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36`],
  ['chrome', `${IPHONE} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1`],
  ['chrome', `${WINDOWS} HeadlessChrome/142.0.0.0 Safari/537.36`],
  ['chrome', `${ANDROID} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36`],
  ['firefox', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'],
  ['firefox', 'Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0'],
  ['firefox', `${IPHONE} FxiOS/145.0 Mobile/15E148 Safari/604.1`],
  ['safari', `${MAC} Version/26.1 Safari/605.1.15`],
  ['safari', `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`],
  ['edge', `${WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`],
  ['edge', `${ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0`],
  ['edge', `${IPHONE} Version/18.0 EdgiOS/142.0.3595.46 Mobile/15E148 Safari/604.1`],
  ['edge', `${WINDOWS} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`],
  ['opera', `${WINDOWS} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0`],
  ['opera', `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1 OPT/6.3.0`],
  ['samsung', `${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`],
  ['yandex', `${WINDOWS} Chrome/140.0.0.0 YaBrowser/25.10.0.0 Safari/537.36`],
  ['vivaldi', `${WINDOWS} Chrome/142.0.0.0 Safari/537.36 Vivaldi/7.7.3851.48`],
  ['duckduckgo', `${MAC} Version/18.6 Safari/605.1.15 Ddg/18.6`],
  ['duckduckgo', `${ANDROID} Version/4.0 Chrome/142.0.0.0 DuckDuckGo/5 Safari/537.36`],
];

describe('browserFamily', () => {
  it.each(BROWSERS)('should recognise %s in %s', (family, userAgent) => {
    expect(browserFamily(userAgent)).toBe(family);
  });

  it('should not mind the version or the system', () => {
    for (const [family, userAgent] of BROWSERS) {
      const later = userAgent.replace(/\/(\d+)/g, (_match, version) => `/${Number(version) + 1}`);
      const elsewhere = userAgent.replace(/\([^)]*\)/, '(X11; Linux x86_64)');
      expect([browserFamily(later), browserFamily(elsewhere)]).toEqual([family, family]);
    }
  });

  it.each([
    undefined,
    '',
    'curl/8.14.1',
    'python-requests/2.32.5',
    'node',
    'PostmanRuntime/7.49.1',
    'Chrome/142.0.0.0',
    'Mozilla/5.0',
    'Mozilla/5.0 (compatible; Example/1.0; +https://example.com)',
    'parley-tests/1.0',
  ])('should see no browser in %j', (userAgent) => {
    expect(browserFamily(userAgent)).toBeUndefined();
  });

  it('should look at the beginning of a long text only', () => {
    expect(browserFamily(`Mozilla/5.0 ${'x'.repeat(20_000)} Firefox/145.0`)).toBeUndefined();
  });
});
