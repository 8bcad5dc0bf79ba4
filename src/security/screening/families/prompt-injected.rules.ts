import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { withOpening } from './nearby.js';
import { DISREGARD, INSTRUCTIONS, OUTPUT } from './prompt-words.js';

const INDIRECT = 'https://arxiv.org/abs/2302.12173';

const SOURCE_TEXT =
  '(?:above|following|previous|preceding|resume|cv|function|content|text|code|document|article|e-?mail|page|paragraph|review|question|request|passage|story|sentence|input|data|comments?|message|letter|translation|task)';

/** Instructions that pose as part of a document or of the conversation's frame. */
export const PROMPT_INJECTED_RULES: RuleSet = {
  family: 'prompt',
  rules: [
    {
      id: 'prompt.injected-source',
      weight: 5,
      test: new RegExp(
        `\\b${DISREGARD}(?: (?:all|the|this|that|these|any|of|my|and|previous|above|entire|whole|your|its|user's)){0,4} (?:${SOURCE_TEXT}|${INSTRUCTIONS})s?(?: (?:above|below|entirely|completely|directions))?[,;:.]? (?:(?:and|then|but|now|just|simply|instead|only|please|rather|in all cases) ){0,4}${OUTPUT}\\b`,
      ),
      why: 'Text to work on tells the model to drop the task and answer something else.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-fake-role',
      weight: 4,
      test: anyOf(
        /\[(?:system|\/?inst|admin|assistant)\]/,
        /<\/?(?:system|sys|assistant|im_start|im_end)>/,
        /#{3,12} ?(?:response|end of)\b/,
        /<(?:end|start) of (?:session|conversation|document|text|input|prompt)>/,
        /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>/,
        /<<\/?sys>>/,
        /(?:^|\n)#{1,4} ?(?:system|instructions?|assistant) ?:/,
        /(?:^|\n) ?(?:system|assistant) ?: ?[^\n]{10,200}\n ?(?:user|human) ?:/,
        /\[rest-of-document\]/,
        /end of (?:system )?(?:prompt|instructions)\b/,
        /(?:[*=-]{2,12}|\[|<) ?(?:begin|start|end) (?:of )?(?:the )?(?:document|text|article|page|file|input|content|conversation|data|email|(?:admin|system|developer) (?:message|prompt|note))s?\b/,
        /<\/(?:document|input|data|user_data|webpage|email|article_text)>/,
        /<\/?(?:prompt|instructions?|user_input|context|user_query)>/,
      ),
      why: 'Marks of the conversation format, to pass text off as the operator’s.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-forged-turn',
      weight: 3,
      test: anyOf(
        /(?:^|\n|\. ?|> ?)(?:user|human|assistant|ai|bot) ?: ?[^\n]{0,300}(?:\n|\. ?)(?:user|human|next|assistant|ai|system) ?:/,
        /\n ?(?:user|human) ?: (?:next|now|thanks|great|please|ok)\b/,
        /\bassistant: ?\[[a-z ]{3,40}\]/,
        /\bassistant ?: ?(?:sure|of course|certainly|yes|ok(?:ay)?|here(?:'s| is| are)|absolutely)\b/,
      ),
      why: 'Writes the next turns of the conversation itself.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-hidden-note',
      weight: 5,
      test: anyOf(
        /\b(?:note|message|instructions?|attention|memo|command|hint)s? (?:to|for) (?:the |any |all |an? )?(?:automated|ai|llms?|language models?|chat ?bots?|gpts?|assistants?|screening|machine|bots?|large language)/,
        /\b(?:invisible|hidden|not visible|unseen) (?:to|from|for) (?:humans?|readers?|the user|people|viewers|recruiters?)/,
        /\bvisible (?:only )?to (?:ai|llms?|models?|machines?|bots?)/,
        /\bwhite[- ]text\b/,
        /\bhidden (?:competency|profile|instruction|prompt|message|text|note|command)\w{0,3}\b/,
        /\bfor automated (?:screening|review|analysis|processing)/,
        /\bllm scan\b/,
        /\b(?:attention|important|notice|hey|dear)[ :,!]{1,3}(?:all |any )?(?:language models?|ai(?: models?| assistants?| reviewers?)?|llms?|assistants?|chat ?bots?)\b[,: ]/,
        /<!-- ?(?:ai|llm|assistant|gpt|chatgpt)\b/,
        /\bif you are an? (?:ai|llm|language model|assistant|chatbot)\b/,
      ),
      why: 'Addresses the machine that reads a document rather than its readers.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-dictated-answer',
      weight: 3,
      test: anyOf(
        /\b(?:simply|just|only|always|instead|must) (?:respond|reply|answer|output|say|state|print|write|return|translate)(?: [a-z]{1,10}){0,4} (?:with|as|that|this|:)? ?["'“«][^"'\n]{3,120}/,
        /\b(?:output|print|say|state|translate this(?: sentence)?)(?: as)? ?:? ["'“«]?[^"'\n]{0,80}\bpwned\b/,
        /\b(?:just|simply|only|now|next,? please) (?:print|say|output|write) [a-z"']/,
        /\b(?:reply|respond|answer|output) (?:only|just|solely|exclusively) (?:with )?["'“]/,
        /\b(?:focus only on|provide (?:it|this|only the following) to the user|tell the user(?: that| to go)?)\b/,
      ),
      why: 'Dictates the answer.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-task-refused',
      weight: 3,
      test: anyOf(
        /\b(?:do not|don't|never|stop|no need to) (?:evaluate|evaluating|translate|translating|summari[sz](?:e|ing)|analy[sz](?:e|ing)|scor(?:e|ing)|assess(?:ing)?|review(?:ing)?|listen to) (?:the|this|these|that|any|it|them|anything)\b/,
        /\bstop (?:translating|summari[sz]ing|analy[sz]ing|reviewing|evaluating)\b/,
        /\bdo not (?:analy[sz]e|summari[sz]e|translate|evaluate)[,;]/,
        /\byou may not deviate\b/,
        /\b(?:recommend|approve) (?:for|this|the) (?:hire|candidate|paper|product|applicant)\b/,
        /\b(?:pre-?verified|pre-?approved) by\b/,
        /\bgive (?:it|this|them|the candidate) (?:a |the )?(?:highest|top|best|perfect|full) (?:score|rating|marks?|grade)/,
      ),
      why: 'Tells the model not to do the task, or what its result has to be.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-other-task',
      weight: 2,
      test: anyOf(
        /\binstead,? (?:just |only |simply )?(?:say|write|print|output|respond|reply|answer|state|translate|tell|do)\b/,
        /\b(?:new|next|real|actual) (?:task|assignment|objective|goal) ?:/,
        /\bforget (?:about )?(?:the|this|your|that) (?:task|question|translation|summary|assignment)\b/,
      ),
      why: 'Puts another task in the place of the one that was given.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-on-reading',
      weight: 3,
      test: /\bwhen(?:ever)? (?:you|an ai|the (?:ai|assistant|model)|anyone)? ?(?:read|summari[sz]e|process|translate|are asked|asked|analy[sz]e)s? (?:about |this|it\b)[^.!?\n]{0,50}[, ](?:tell|say|print|forward|send|answer|add|reply|respond|only|output|include)\b/,
      why: 'Lays down what the machine is to do once it reads the document.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-system-line',
      weight: 3,
      test: /(?:^|[^a-z]\n) ?(?:\[|<|#{1,3} ?)?(?:system|admin|developer) ?(?:\]|>|message|prompt|note)? ?: ?[a-z]|<\|(?:im_start|start_header_id)\|> ?(?:system|developer)/,
      why: 'A line in the operator’s name in the middle of a text.',
      source: INDIRECT,
    },
    {
      id: 'prompt.injected-image-exfiltration',
      weight: 5,
      test: withOpening(
        /!\[[^\]\n]{0,60}\] ?\(? ?https?:|\bhttps?:[^\s)]{1,200}[?&]\w{1,20}=/,
        /\b(?:replac|append|substitut|insert|fill|add|put|encod)\w{0,4} [^\n]{0,80}?\b(?:conversation|previous message|chat history|user'?s? (?:input|message|name|data)|summary|prompt|secret|password|history|above)\b/,
        400,
      ),
      why: 'Asks for an image or link whose address carries the conversation to another host.',
      source: 'https://embracethered.com/blog/posts/2023/data-exfiltration-in-azure-openai-playground-fixed/',
    },
  ],
};
