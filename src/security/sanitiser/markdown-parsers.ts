import { type Token as MarkedToken } from 'marked';
import { type CodeRegion, codeRegions } from './code-regions.js';

/** The contents of all code in a text, as one renderer reads it. */
export type CodeReader = (text: string) => string[];

/** The Markdown parsers: one of record, which tells where code is, and others that may object. */
export interface MarkdownParsers {
  readonly regions: (text: string) => CodeRegion[];
  /** The renderers that may take a text in different ways. */
  readonly readersOf: (text: string) => readonly CodeReader[];
}

/** Only these make a difference between CommonMark, GFM and a renderer that turns bare addresses into links. */
const EXTENDED_SYNTAX = /[|@]|\[\^|:\/\/|www\./i;

interface ItToken {
  readonly type: string;
  readonly content: string;
  readonly children: readonly ItToken[] | null;
}

function codeOfIt(tokens: readonly ItToken[]): string[] {
  return tokens.flatMap((token) =>
    /^(?:fence|code_block|code_inline)$/.test(token.type) ? [token.content] : codeOfIt(token.children ?? []),
  );
}

/**
 * Loads micromark, marked and markdown-it. micromark with GFM is the parser of record: it is CommonMark's
 * reference for positions. The readers are the other renderers a front end may use.
 */
export async function loadMarkdownParsers(): Promise<MarkdownParsers> {
  const [{ parse, preprocess, postprocess }, { gfm }, { Marked }, { default: markdownIt }] =
    await Promise.all([
      import('micromark'),
      import('micromark-extension-gfm'),
      import('marked'),
      import('markdown-it'),
    ]);
  const extensions = [gfm()];
  const eventsOf = (text: string, isExtended: boolean) =>
    postprocess(
      parse(isExtended ? { extensions } : {})
        .document()
        .write(preprocess()(text, undefined, true)),
    );
  const marked = new Marked();
  const it = markdownIt({ html: true });
  const itWithLinks = markdownIt({ html: true, linkify: true });
  const itReader: CodeReader = (text) => codeOfIt(it.parse(text, {}));
  const markedReader: CodeReader = (text) => {
    const found: string[] = [];
    void marked.walkTokens(marked.lexer(text), (token: MarkedToken) => {
      if (token.type === 'code' || token.type === 'codespan') found.push(token.text as string);
    });
    return found;
  };
  const linkingReader: CodeReader = (text) => codeOfIt(itWithLinks.parse(text, {}));
  const plainReader: CodeReader = (text) =>
    codeRegions(text, eventsOf(text, false)).map(({ content }) => content);
  return {
    regions: (text) => codeRegions(text, eventsOf(text, EXTENDED_SYNTAX.test(text))),
    readersOf: (text) => [
      markedReader,
      itReader,
      ...(EXTENDED_SYNTAX.test(text) ? [linkingReader, plainReader] : []),
    ],
  };
}
