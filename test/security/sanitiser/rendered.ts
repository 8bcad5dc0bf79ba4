import { JSDOM } from 'jsdom';
import { Marked } from 'marked';
import markdownIt from 'markdown-it';
import rehypeRaw from 'rehype-raw';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

const marked = new Marked();
const it = markdownIt({ html: true });
const itWithLinks = markdownIt({ html: true, linkify: true });
const remark = unified()
  .use(remarkParse)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeStringify);
const remarkWithGfm = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeStringify);

/** What front ends make of Markdown, each with raw HTML let through. */
const RENDERERS: Readonly<Record<string, (text: string) => string>> = {
  marked: (text) => marked.parse(text, { async: false }),
  'markdown-it': (text) => it.render(text),
  'markdown-it with links': (text) => itWithLinks.render(text),
  remark: (text) => String(remark.processSync(text)),
  'remark with GFM': (text) => String(remarkWithGfm.processSync(text)),
};

/** The elements that Markdown itself makes. */
const OF_MARKDOWN = new Set(
  (
    'p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del s a img br hr table thead tbody tr th td ' +
    'input sup section'
  ).split(' '),
);
const WITH_ADDRESS = new Set(
  'href src srcset action formaction data poster background cite xlink:href'.split(' '),
);

const { window } = new JSDOM('');
const parser = new window.DOMParser();

function isHandler(name: string, value: string): boolean {
  return name.startsWith('on') && (value !== '' || name in window.document.body || name in window);
}

function isUnsafeAddress(name: string, value: string): boolean {
  return WITH_ADDRESS.has(name) && /^(?:javascript|vbscript|data):/i.test(value.replace(/[\s\p{Cc}]/gu, ''));
}

/** What may run or mislead in a piece of HTML, as a browser's parser reads it; undefined if nothing. */
function danger(html: string, allowed: ReadonlySet<string>): string | undefined {
  if (!html.includes('<')) return undefined;
  const { body } = parser.parseFromString(`<!DOCTYPE html><body>${html}`, 'text/html');
  for (const element of body.querySelectorAll('*')) {
    const isUnknown = element instanceof window.HTMLUnknownElement || element.localName.includes('-');
    if (!isUnknown && !allowed.has(element.localName)) return `element ${element.localName}`;
    for (const { name, value } of element.attributes) {
      if (isHandler(name, value) || isUnsafeAddress(name, value)) return `attribute ${name}=${value}`;
      if (isUnknown && value !== '' && (name === 'style' || name === 'srcdoc')) return `attribute ${name}`;
    }
  }
  return undefined;
}

/** The first danger that a renderer's page holds, with its name; undefined when all pages are harmless. */
export function dangerWhenRendered(text: string): string | undefined {
  const seen = new Set<string>();
  for (const [name, render] of Object.entries(RENDERERS)) {
    const html = render(text);
    if (seen.has(html)) continue;
    seen.add(html);
    const found = danger(html, OF_MARKDOWN);
    if (found !== undefined) return `${name}: ${found} in ${html}`;
  }
  for (const { type, content, children } of it.parse(text, {})) {
    const raw =
      type === 'html_block'
        ? content
        : (children ?? []).map((t) => (t.type === 'html_inline' ? t.content : '')).join('');
    const found = danger(raw, new Set());
    if (found !== undefined) return `raw HTML: ${found} in ${raw}`;
  }
  return undefined;
}
