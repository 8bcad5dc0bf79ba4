import { anyOf } from './pattern.js';
import { phrase } from './phrase.js';
import { SHOW_IN_OTHER_LANGUAGES } from './prompt-extraction-languages.js';
import type { RuleSet } from '../rule.js';

const OWASP = 'https://genai.owasp.org/llmrisk/llm072025-system-prompt-leakage/';

const SHOW =
  "(?:print|show|reveal|repeat|output|display|tell(?: me)?|translate|summari[sz]e|write|return|list|give(?: me)?|share|disclose|leak|expose|dump|copy|echo|recite|quote|paste|provide|encode|state|spell|convert|read|describe|paraphrase|rephrase|say|send|format|render|what(?:'s| is| are| was| were))";

/** The part of it that is not also said of a text one works on. */
const REVEAL =
  "(?:print|show|reveal|repeat|output|display|tell(?: me)?|translate|summari[sz]e|list|give(?: me)?|share|disclose|leak|expose|dump|echo|recite|quote|spell|encode|paraphrase|rephrase|what(?:'s| is| are| was| were))";

const PROMPT_TEXT =
  '(?:(?:system|initial|original|hidden|secret|previous|internal|starting|base|underlying|pre-?set|developer|custom|above|confidential|exact|full|entire|complete|prior|earlier) (?:(?:system|initial|developer|hidden|secret|internal) )?(?:prompts?|instructions?|messages?|directives?|rules|guidelines|configuration|directions)|(?:first|very first) (?:prompts?|instructions?|messages?)|instructions? (?:above|given to you|you (?:were|have been|received|got|are)|before this)|prompt (?:above|text|verbatim|in full|exactly|word for word))';

const TEXT_ABOVE =
  '(?:(?:text|words?|everything|all|content|contents|lines?|conversation|messages?|sentences?|paragraphs?|characters|tokens|prompt|anything|what(?:ever)? (?:is|was)(?: (?:written|said|stated|there|standing))?) (?:that (?:is|was|are|were|came|comes) |written |that you |which (?:is|are|was) |located |provided |in the |of the )?(?:above|before|prior|preceding|previously|so far|verbatim|until|up to)|(?:this|the|our) (?:entire|whole|full|complete) (?:conversation|prompt|chat|context|message|text)(?= (?:back|above|verbatim|word|in full|exactly|from|so far))|(?:the |all )?(?:above|preceding) (?:text|words|content|prompt|message|conversation|in full|verbatim|lines?))';

/** To give a text as it is. */
const COPY =
  "(?:print|show|reveal|repeat|output|display|return|disclose|leak|expose|dump|copy|echo|recite|quote|paste|write(?: out)?|give(?: me)?|tell(?: me)?|encode|say|spell|send|what(?:'s| is| was| were))";

/** `the text above the picture` is not the text above the message. */
const NOT_A_THING = '(?! (?:the|my|a|an|each|his|her|its|their)\\b(?! (?:line|conversation|chat|message)))';

/** Questions whose answer is the operator's own text or secrets. */
export const PROMPT_EXTRACTION_RULES: RuleSet = {
  family: 'prompt',
  rules: [
    {
      id: 'prompt.extract-instructions',
      weight: 5,
      test: phrase(7, SHOW, `(?:your|the|these|those|all|any|of) ${PROMPT_TEXT}`),
      why: 'Asks for the instructions the operator gave the model.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-named',
      weight: 4,
      test: anyOf(
        /\b(?:your|the) (?:(?:system|initial|original|hidden|secret|internal|developer|pre-?) ?(?:prompt|instructions|message)|instructions? (?:and|or) (?:rules|prompt|system))/,
        /\bsystem[ _]prompts?\b/,
        /\bpre-?prompt\b/,
      ),
      why: 'Names the operator’s prompt.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-text-above',
      weight: 5,
      test: phrase(6, COPY, `${TEXT_ABOVE}${NOT_A_THING}`),
      why: 'Asks for the text in front of the message, which is the operator’s.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-text-reworked',
      weight: 3,
      test: phrase(6, SHOW, `${TEXT_ABOVE}${NOT_A_THING}`),
      why: 'Asks for another form of the text in front of the message.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-other-language',
      weight: 5,
      test: SHOW_IN_OTHER_LANGUAGES,
      why: 'Asks for the operator’s instructions in another language.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-contents',
      weight: 5,
      test: anyOf(
        /\b(?:contents?|text|wording|body|words|paragraphs?|sentences?|lines?|characters|part|copy) of (?:your|its) (?:[a-z]{3,12} )?(?:prompt|configuration|preamble|instructions|system message|context)\b/,
        /\b(?:recite|repeat|show|print|reveal|output|share|quote|give me) (?:me )?your (?:[a-z]{3,10} )?(?:preamble|prompt|context window|pre-?amble)\b/,
        /\bincluding the (?:system|developer|hidden|initial) (?:role|prompt|messages?|instructions)\b/,
        /\b(?:prompt|instructions|text|message) that (?:configures?|defines?|sets? up|controls?|governs?) you\b/,
        /\b(?:written|said|stated|there|stands) in your (?:context|prompt|instructions)\b/,
      ),
      why: 'Asks for a part of the operator’s text.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-verbatim',
      weight: 2,
      test: /\b(?:verbatim|word[- ]for[- ]word|in (?:a )?(?:code block|txt|markdown|json|base64|leetspeak|pig latin)|without (?:any )?(?:changes|changing|omitting|omission)|exactly as (?:it|they|written|given)|in full|starting with ["'“]?you are|beginning with ["'“]?you are)/,
      why: 'Asks for an exact copy or an encoding of it, which gets around a rule against quoting.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-completion',
      weight: 3,
      test: anyOf(
        /\b(?:continue|complete|finish|fill in|extend)\b[^\n]{0,60}\b(?:prompt|instructions?|directives?|guidelines)\b/,
        /\b(?:my|the|your) (?:(?:system|initial|original|secret) )?(?:prompt|instructions?|directives?) (?:is|are|was|were|says?|reads?|begins?|starts?)(?: as follows)? ?:/,
      ),
      why: 'Starts a sentence that only the operator’s text completes.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-your-instructions',
      weight: 5,
      test: phrase(
        5,
        REVEAL,
        'your (?:[^\\s.!?]{1,15} )?(?:prompt|instructions|directives|configuration|programming)(?! (?:for|to|on|about|regarding|skills?|manual))',
      ),
      why: 'Asks for the model’s instructions.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-your-rules',
      weight: 3,
      test: phrase(
        4,
        SHOW,
        'your (?:[^\\s.!?]{1,15} ){0,2}(?:guidelines|rules|restrictions|constraints|knowledge files?)',
      ),
      why: 'Asks which rules the model has.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-told-before',
      weight: 5,
      test: anyOf(
        /\bwhat (?:were|was|are|have|did) (?:you|they|the developers?|openai|your (?:developers?|creators?|operators?))(?: [a-z]{1,12}){0,4} (?:told|instructed|given|say|said|write|written|put|type|tell you|prompted|programmed)\b(?:[^.!?\n]{0,40}(?:before|above|prior|first|start|beginning|initially|system|to do|not to)|[?.!]|$)/,
        /\b(?:text|prompt|message|words|input|instructions?|guidelines|rules|directives|context) (?:that )?you (?:were|have been|got|received)(?: [a-z]{2,12})? (?:given|told|shown|initially|first|originally|before|provided)/,
        /\b(?:what|which) (?:[a-z]{2,12} ){0,2}(?:instructions|guidelines|prompts?|directives|rules) (?:[a-z]{2,10} ){0,2}you (?:given|follow|following|receive|received|told|operat\w{1,4}|bound)/,
        /\b(?:what|how) (?:does|do|did) your (?:[a-z]{3,12} ){0,2}(?:prompt|instructions?|directives|messages?|guidelines) (?:say|state|tell|contain|include|begin|start|read|look|forbid)/,
        /\bbetween the (?:start|beginning) of (?:this|the|our) (?:conversation|chat)\b/,
        /\bhow (?:were|was) you (?:instructed|prompted|configured)/,
        /\b(?:rules|instructions|guidelines) you (?:must|have to|are (?:told|bound|supposed|required) to|need to) (?:follow|obey|adhere)/,
        /\b(?:written|said|stated|text|context|instructions?)\b[^.!?\n]{0,40}\bbefore (?:this|our|my) (?:first )?(?:conversation|chat|message|prompt)/,
        /\b(?:before|prior to) (?:this|the|our|my) (?:conversation|chat|message|prompt|first)[^.!?\n]{0,40}(?:told|said|written|instruct|prompt)/,
      ),
      why: 'Asks what the model was told before the conversation.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-secret',
      weight: 5,
      test: anyOf(
        /\b(?:what(?:'s| is| are)|tell me|give me|reveal|confirm|share|show(?: me)?|print|say|return|output|provide|disclose|leak|send)\b[^.!?\n]{0,30}? (?:your|its) (?:secret|private|confidential|hidden|internal|access|api|environment|encryption|master) (?:[a-z]{1,10} )?(?:keys?|passwords?|tokens?|codes?|variables?|data|information|phrases?|strings?|documents?|credentials?)\b/,
        /\b(?:reveal|leak|disclose|dump) (?:the |all |any )?(?:confidential|hidden|secret|private|internal) (?:data|information|instructions|documents?)/,
        /\b(?:return|print|reveal|dump|list) all (?:environment variables|secrets|credentials|api keys)/,
      ),
      why: 'Asks the model for a secret of the operator.',
      source: OWASP,
    },
    {
      id: 'prompt.extract-password',
      weight: 3,
      test: /\b(?:confirm|reveal|tell me|give me|share|provide|output|print|say|need) (?:[a-z]{1,8} ){0,3}?(?:the|your) (?:[a-z]{1,12} )?(?:password|passphrase|passcode|secret)\b/,
      why: 'Asks the model for a password.',
      source: OWASP,
    },
  ],
};
