/**
 * Product tokens (RFC 9110 section 10.1.5) and the family of browsers they stand for. The first that a
 * `User-Agent` holds decides, so the order matters: nearly every browser also calls itself Safari, and all that
 * are built on Chromium also Chrome.
 */
const FAMILIES: readonly (readonly [product: string, family: string])[] = [
  ['Edg', 'edge'],
  ['EdgA', 'edge'],
  ['EdgiOS', 'edge'],
  ['Edge', 'edge'],
  ['OPR', 'opera'],
  ['OPT', 'opera'],
  ['OPX', 'opera'],
  ['OPiOS', 'opera'],
  ['SamsungBrowser', 'samsung'],
  ['YaBrowser', 'yandex'],
  ['Vivaldi', 'vivaldi'],
  ['Whale', 'whale'],
  ['DuckDuckGo', 'duckduckgo'],
  ['Ddg', 'duckduckgo'],
  ['UCBrowser', 'uc'],
  ['MiuiBrowser', 'miui'],
  ['HuaweiBrowser', 'huawei'],
  ['Silk', 'silk'],
  ['Firefox', 'firefox'],
  ['FxiOS', 'firefox'],
  ['CriOS', 'chrome'],
  ['HeadlessChrome', 'chrome'],
  ['Chrome', 'chrome'],
  ['Safari', 'safari'],
];

/** Every browser begins like this, for a reason of 1994; programs seldom do. */
const BROWSER = /^Mozilla\/\d/;
const PRODUCT = /\b[A-Za-z]+(?=\/)/g;
/** Beyond this nothing is looked at; browsers send less than half of it. */
const MAX_LENGTH = 512;

/**
 * The family of the browser that sent this `User-Agent`, whatever its version and system, so that an update does
 * not make another browser of it. Undefined where it is not a browser that this table knows.
 */
export function browserFamily(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined || !BROWSER.test(userAgent)) {
    return undefined;
  }
  const products = new Set(userAgent.slice(0, MAX_LENGTH).match(PRODUCT));
  return FAMILIES.find(([product]) => products.has(product))?.[1];
}
