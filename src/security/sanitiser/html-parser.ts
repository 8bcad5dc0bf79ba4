import { type ElementNames } from './live-tag.js';

/** What the sanitiser asks jsdom and DOMPurify, the parsers of record for HTML. */
export interface HtmlParser {
  readonly isElement: ElementNames;
  /**
   * Whether DOMPurify finds nothing to remove in a piece of HTML, elements without a meaning and their bare words
   * aside, and whether no tag or comment is open at its end.
   */
  readonly isClean: (html: string) => boolean;
}

/** Elements that jsdom does not know, or knows only inside SVG and MathML, and that browsers act upon. */
const FURTHER_ELEMENTS = new Set(
  (
    'svg math image search applet bgsound isindex keygen portal fencedframe selectedcontent nextid ' +
    'foreignobject annotation-xml animatemotion animatetransform mglyph malignmark'
  ).split(' '),
);
/**
 * rehype takes what comes after a `#` or `.` in a name for an id or a class, so that `<script.x>` is a script there.
 * Names of files, as `<time.h>`, stay; these do something without an attribute.
 */
const SELECTOR = /[#.]/;
const ACTING_ELEMENTS = new Set(
  'script style iframe noscript noembed noframes xmp plaintext textarea title template'.split(' '),
);
/** Names come from visitors, so the memory for them is bounded. */
const MOST_REMEMBERED_NAMES = 1_000;
/** Begins the name of an element that HTML does not know: DOMPurify would take `<unknown>` for one of SVG. */
export const UNKNOWN_PREFIX = 'zz';
/** An element after all others. It is missing from the result if something swallows it. */
const END = `<${UNKNOWN_PREFIX}end>`;
/** DOMPurify's own frame around what it is given. */
const FRAME = new Set(['BODY', 'REMOVE']);

/** Loads jsdom and DOMPurify: about 50 MB and up to a second, hence only when a text holds markup. */
export async function loadHtmlParser(): Promise<HtmlParser> {
  const [{ JSDOM }, { default: createDOMPurify }] = await Promise.all([import('jsdom'), import('dompurify')]);
  const { window } = new JSDOM('');
  const purify = createDOMPurify(window);
  const known = new Map<string, boolean>();

  /** A name with a hyphen is left to custom elements: without attributes, `<your-name>` is a placeholder. */
  const lookUp = (name: string): boolean => {
    const [base = ''] = name.split(SELECTOR, 1);
    if (base !== name) return (name.includes('#') || ACTING_ELEMENTS.has(base)) && lookUp(base);
    if (FURTHER_ELEMENTS.has(name)) return true;
    if (!/^[a-z][a-z0-9]{0,30}$/.test(name)) return false;
    return !(window.document.createElement(name) instanceof window.HTMLUnknownElement);
  };
  const isElement = (name: string): boolean => {
    const answer = known.get(name) ?? lookUp(name);
    if (known.size >= MOST_REMEMBERED_NAMES) known.clear();
    known.set(name, answer);
    return answer;
  };
  const isClean = (html: string): boolean => {
    const purified = purify.sanitize(`${html} ${END}`, {
      ALLOWED_TAGS: ['#text'],
      ALLOWED_ATTR: [],
      ADD_TAGS: (name) => name.startsWith(UNKNOWN_PREFIX),
      FORCE_BODY: true,
    });
    const isUntouched = purify.removed.every((removed) =>
      'element' in removed
        ? FRAME.has(removed.element.nodeName)
        : removed.attribute === null || removed.attribute.value === '',
    );
    return isUntouched && purified.includes(END);
  };
  return { isElement, isClean };
}
