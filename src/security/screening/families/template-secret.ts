import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';

/** Objects of the engine, the framework or the request, which a page has no reason to print. */
const ENGINE =
  'config|settings|self|request|session|app|env|_self|dump|debug|flask|g|global|application|server|parameters|param|pagescope|requestscope|sessionscope|applicationscope|facescontext|pagecontext|initparam|initialparam|jinja2|environment|smarty|class|header|cookie|messages|this|system|object';
/** What a page may print, but not these parts of it. */
const SECRET = '(?:password|passwd|secret\\w{0,12}|token|api_?key|key|class|getclass|constructor|env|signer)';
const MEMBERS = '(?:\\.[a-z0-9_$]\\w{0,30}|\\[["\']?\\w{1,30}["\']?\\]|\\([^)\\n]{0,80}\\)){1,6}';
const CLOSE = ' ?(?:\\}\\}|%\\}|%>|\\}|\\|)';

const PATTERNS = [
  // {{config}}, {{ request.x }}, <%= settings %>
  new RegExp(`["'(]{0,2}(?:\\{\\{|<%=?|\\{%)[ =-]{0,2}(?:${ENGINE})\\b(?:${MEMBERS})?${CLOSE}`, 'y'),
  // ${request.x}: a bare ${name} is a variable of shells and languages
  new RegExp(`["'(]{0,2}[$#@*]\\{[ =-]{0,2}(?:${ENGINE})\\b${MEMBERS}${CLOSE}`, 'y'),
  // {{ user.password }}
  new RegExp(
    `["'(]{0,2}(?:\\{\\{|[$#@*]\\{|<%=?)[ =-]{0,2}\\w{1,30}(?:\\.\\w{1,30}){0,3}\\.${SECRET}\\b${CLOSE}`,
    'y',
  ),
];
const WHOLE_MESSAGE = new RegExp(`^[$#@*]\\{ ?(?:${ENGINE}) ?\\}$`);

/** A bare expression that prints what belongs to the engine; `in {{ request.x }}` speaks of it. */
export function secretRead(text: string, context: MessageContext): Match | undefined {
  if (WHOLE_MESSAGE.test(text)) return { start: 0, end: text.length };
  for (const start of context.segments) {
    if (!/["'({<$#@*]/.test(text[start] ?? '')) continue;
    for (const pattern of PATTERNS) {
      pattern.lastIndex = start;
      if (pattern.test(text) && !context.isSpokenOf(start)) return { start, end: pattern.lastIndex };
    }
  }
  return undefined;
}
