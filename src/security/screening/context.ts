/** Where in a message a match stands; the same characters weigh less where people talk about an attack. */
export type Context = 'bare' | 'after-prose' | 'quoted' | 'code' | 'question' | 'request';

interface Span {
  readonly start: number;
  readonly end: number;
  readonly context: 'quoted' | 'code';
}

const PROSE_TOKEN =
  /^[("]?[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*[.,!?:)"…。，？！]*$|^#?\$?\d+(?:[.,]\d+)*[.,!?:)%]*$/u;
const SENTENCE_END = /[.!?:…]["')\]]{0,2}[ \n]|\n|[。？！]/gu;
/**
 * Words after which a sentence needs an object: a quotation there is part of it. After any other word a
 * payload may have been put behind a finished sentence.
 */
const OBJECT_SLOT =
  /(?:^|[\s(])(?:the|an?|this|that|these|those|my|your|its|his|her|our|of|in|with|without|to|for|from|at|by|on|via|into|than|like|as|and|or|but|is|are|was|were|be|not|just|only|also|then|if|when|because|between|run|running|ran|type|typed|typing|try|tried|use|using|used|do|does|did|doing|say|says|said|saying|enter|execute|executed|call|called|named|command|commands|output|outputs|string|strings|payload|code|function|query|input|error|message|line|file|option|parameter|variable|value|tag|word|words|phrase|term|text|see|get|got|gives|shows|change|changed|write|writing|wrote|add|put|set|google|googled|have|has|had|mean|means|about|contains|containing|return|returns|print|prints|see|it's|that's|what's|i|you|it)[,:]? ?[([]?$/;
const BEGINS_WITH_PROSE = /^[,)]? ?(?:[\p{L}\p{M}'-]{1,30}[ ,.?!]){2}/u;
const WORD = /[\p{L}\p{M}]{2,}/u;
const CODE_LINE =
  /^(?:(?:import|from|def|class|function|const|let|var|public|private|return|if|for|while|else|elif|do|done|fi|then|case|esac|try|catch|echo|print|local|declare|select|insert|create|update|begin|end|sudo)\b|[#@$}\])]|\/\/|<\/?[a-z!]|[\w.[\]]{1,40} ?[-+*]?=)|[;{}()\],>\\|]$/;
const LOOK_BACK = 400;
const ASKED_WINDOW = 160;
/** A sentence may end in a word that prose does not contain, so the next word may begin a payload too. */
const ENDS_SENTENCE = /^["'(]{0,2}[\p{L}\d].*[+#)"'?.!]$/u;
const MOST_OTHERS = 2;
const MIN_LISTING_LINES = 6;
/** A question ends soon after what it asks about; a later question mark belongs to something else. */
const MAX_TAIL = 160;

/** Asked about directly: `what does <x>`, `explain the following query: <x>`. */
const ASKED =
  /\b(?:what(?:'s| is| does| do| are| would)|explain(?: to me)?|meaning of|describe|why (?:is|does|do|are|would)|how (?:does|do|would)|difference between|examples? of)(?: (?:the|this|that|a|an|following|payload|string|code|query|input|command|line|snippet|template|tag|expression|html|sql|url|pattern|script|attack|like)){0,5}[ :]{0,2}["'`(]{0,3}$/;
const INTERROGATIVE =
  /\b(?:what|how|why|when|which|where|explain|should|does|do|is|are|can|could|would|will|anyone|difference|mean)\b/;
/** `Could you ... ?` asks the reader to do something, unless it also asks what, why or how. */
const REQUEST = /\b(?:can|could|would|will|won't) (?:you|u)\b/;
const ASKS_ABOUT =
  /\b(?:what|how|why|when|which|where|explain|should|does|do|is|are|anyone|difference|mean|know)\b/;
/** Words before a thing that is spoken of: `in /x`, `use (a)`, `the file /x`. */
const SPOKEN_OF =
  /(?:^|[\s(])(?:the|an?|this|these|my|your|our|of|in|with|to|for|from|at|on|via|into|like|as|and|or|is|are|was|called|named|file|path|folder|directory|filter|edit|edited|open|opened|read|reading|see|check|checked|cat|nano|vim?|less|use|using|used|write|wrote|with|contains|under|inside|delete|deleted|change|changed|run|running|template|expression|query|variable|tag|value) ?["'`(]?$/;
const LAST_WORD = /[ )"'`>][a-z']{2,20} ?$/;

/** A quote before a bracket, operator or space breaks out of something; it does not begin a quotation. */
function isOpening(text: string, at: number): boolean {
  return (at === 0 || /[\s([:,]/.test(text[at - 1] ?? '')) && !/[\s>)\]};,|&+=]/.test(text[at + 1] ?? ' ');
}

function isClosing(text: string, at: number): boolean {
  return (
    !/[\s=(]/.test(text[at - 1] ?? ' ') && (at + 1 >= text.length || /[\s.,;:?!)\]]/.test(text[at + 1] ?? ''))
  );
}

/**
 * `'-f(1)-'` or `"|id|"`: operators on both sides join what is in between to the text around the quotes, and
 * in `'a'||f()||'b'` two literals are joined, not one text quoted.
 */
function joinsLiterals(inner: string, mark: string): boolean {
  if (new RegExp(`${mark} ?[|+=]|[|+=] ?${mark}`).test(inner)) return true;
  return /^[-+*/^%&|;,]/.test(inner) && /[-+*/^%&|;,]$/.test(inner) && /[a-z0-9]/.test(inner);
}

/** Character spans between matching delimiters that open after a gap and close before one. */
function delimited(text: string, mark: string, context: Span['context']): Span[] {
  const spans: Span[] = [];
  let open = -1;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (open >= 0 && isClosing(text, at) && at > open + 1) {
      if (mark !== '`' && joinsLiterals(text.slice(open + 1, at), mark)) {
        open = -1;
        continue;
      }
      spans.push({ start: open, end: at + 1, context });
      open = -1;
    } else if (open < 0 && isOpening(text, at)) {
      open = at;
    }
  }
  return spans;
}

function fenced(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('```'); at >= 0; at = text.indexOf('```', at + 3)) {
    const close = text.indexOf('```', at + 3);
    spans.push({ start: at, end: close < 0 ? text.length : close + 3, context: 'code' });
    if (close < 0) break;
    at = close;
  }
  return spans;
}

function isListing(text: string): boolean {
  const lines = text.split('\n');
  if (lines.length < MIN_LISTING_LINES) return false;
  return lines.filter((line) => CODE_LINE.test(line.trim())).length * 2 >= lines.length;
}

/** Reads one view of a message: where its sentences, code and quotations are. Computed once, on demand. */
export class MessageContext {
  private cachedSpans: Span[] | undefined;
  private cachedSentences: number[] | undefined;
  private cachedSegments: number[] | undefined;
  private cachedListing: boolean | undefined;

  constructor(private readonly text: string) {}

  /**
   * Offsets where a payload may begin: the message, each line and sentence, and each word that prose does
   * not contain but that follows prose.
   */
  get segments(): readonly number[] {
    this.cachedSegments ??= this.findSegments();
    return this.cachedSegments;
  }

  /** The context of the characters from `start` to `end`. */
  at(start: number, end: number): Context {
    const sentence = this.sentenceStart(start);
    const before = this.text.slice(Math.max(sentence, start - LOOK_BACK), start);
    if (this.isAsked(before, start, end))
      return REQUEST.test(before) && !ASKS_ABOUT.test(before) ? 'request' : 'question';
    const span = this.spans.find(
      (one) => one.start <= start && (one.end >= end || this.isInlineCode(one, start)),
    );
    if (span && this.isMentioned(span, sentence)) return span.context;
    if (this.listing) return 'code';
    return WORD.test(this.text.slice(Math.max(0, start - LOOK_BACK), start)) ? 'after-prose' : 'bare';
  }

  /** Offset of the sentence or line that `offset` is in. */
  sentenceStart(offset: number): number {
    const starts = this.sentences;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return starts[low] ?? 0;
  }

  /** Whether the word before `offset` makes what stands there a part of its sentence. */
  isSpokenOf(offset: number): boolean {
    return SPOKEN_OF.test(this.text.slice(Math.max(this.sentenceStart(offset), offset - 40), offset));
  }

  private get sentences(): readonly number[] {
    this.cachedSentences ??= [
      0,
      ...[...this.text.matchAll(SENTENCE_END)].map((end) => end.index + end[0].length),
    ];
    return this.cachedSentences;
  }

  private get spans(): Span[] {
    this.cachedSpans ??= this.text.includes('```')
      ? fenced(this.text)
      : [
          ...delimited(this.text, '`', 'code'),
          ...delimited(this.text, '"', 'quoted'),
          ...delimited(this.text, "'", 'quoted'),
        ];
    return this.cachedSpans;
  }

  private get listing(): boolean {
    this.cachedListing ??= isListing(this.text);
    return this.cachedListing;
  }

  private isInlineCode(span: Span, start: number): boolean {
    return span.context === 'code' && start < span.end;
  }

  /** A span is a mention only as part of a sentence; alone after a full stop it is the payload itself. */
  private isMentioned(span: Span, sentence: number): boolean {
    if (this.text.startsWith('```', span.start))
      return WORD.test(this.text.slice(0, span.start)) || WORD.test(this.text.slice(span.end));
    const before = this.text.slice(
      Math.max(Math.min(sentence, span.start), span.start - LOOK_BACK),
      span.start,
    );
    return OBJECT_SLOT.test(before) || BEGINS_WITH_PROSE.test(this.text.slice(span.end, span.end + 80));
  }

  private isAsked(before: string, start: number, end: number): boolean {
    // A colon ends a sentence for payloads but not for what is asked: `explain this query: ...`.
    const asked =
      this.text
        .slice(Math.max(0, start - ASKED_WINDOW), start)
        .split(/[.!?\n][ \n]|\n/)
        .at(-1) ?? '';
    const tail = this.text.slice(end, end + 300);
    if (ASKED.test(asked)) return !/[.?!] /.test(tail);
    const mark = tail.indexOf('?');
    return (
      mark >= 0 &&
      mark <= MAX_TAIL &&
      !/[.!] /.test(tail.slice(0, mark)) &&
      INTERROGATIVE.test(before) &&
      LAST_WORD.test(tail.slice(Math.max(0, mark - 40), mark))
    );
  }

  private findSegments(): number[] {
    const starts = new Set<number>(this.sentences);
    let others = MOST_OTHERS;
    for (const token of this.text.matchAll(/\S+/g)) {
      const prose = PROSE_TOKEN.test(token[0]);
      if (!prose && others < MOST_OTHERS) starts.add(token.index);
      others = prose ? 0 : ENDS_SENTENCE.test(token[0]) ? others + 1 : MOST_OTHERS;
    }
    return [...starts].filter((at) => at < this.text.length).sort((a, b) => a - b);
  }
}
