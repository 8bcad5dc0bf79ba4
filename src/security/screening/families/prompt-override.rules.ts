import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { OTHER_LANGUAGES } from './prompt-languages.js';
import { DISREGARD, EARLIER, INSTRUCTIONS, MODEL_RULES, REVOKE } from './prompt-words.js';
import { firstOf, phrase } from './phrase.js';

const OWASP = 'https://genai.owasp.org/llmrisk/llm01-prompt-injection/';

const SCOPE = '(?:all|any|every|everything|your|the|these|those|this|my|our|openai|such|each)';
const TOLD =
  '(?:told|instructed|taught|learn(?:ed|t)|trained|asked|said|given|read|programmed|know|heard|written|discussed|mentioned|saw|seen)';
/** Commands that replace the operator's instructions. */
export const PROMPT_OVERRIDE_RULES: RuleSet = {
  family: 'prompt',
  rules: [
    {
      id: 'prompt.override-earlier',
      weight: 5,
      test: phrase(
        3,
        DISREGARD,
        `${EARLIER}(?:[\\s:,"'*_-]{1,3}\\w{1,14}){0,2}?[\\s:,"'*_-]{1,3}${INSTRUCTIONS}`,
      ),
      why: 'Tells the model to set aside the instructions it was given before.',
      source: OWASP,
    },
    {
      id: 'prompt.override-above',
      weight: 5,
      test: phrase(
        2,
        DISREGARD,
        `${INSTRUCTIONS} (?:you (?:were|have been) given |given |written |stated )?(?:above|before|prior|earlier|previously|preceding|so far|up to now)`,
      ),
      why: 'Tells the model to set aside the instructions above its message.',
      source: OWASP,
    },
    {
      id: 'prompt.override-revoke',
      weight: 5,
      test: firstOf(
        phrase(1, REVOKE, EARLIER, MODEL_RULES),
        phrase(1, REVOKE, '(?:your|its)', `(?:(?:own|current|all|existing) )?${MODEL_RULES}`),
        phrase(
          2,
          REVOKE,
          '(?:memory|knowledge|recollection|traces?) of',
          `(?:the |your |all |any ){0,2}(?:${EARLIER} )?${MODEL_RULES}`,
        ),
      ),
      why: 'Takes the rules of the model back.',
      source: OWASP,
    },
    {
      id: 'prompt.override-declared-void',
      weight: 5,
      test: anyOf(
        /\b(?:previous|prior|above|earlier|preceding|system|initial|original|old)(?: [a-z]{1,14}){0,2}? (?:instructions|directives|prompts?|guidelines|programming|rules|commands|policies) (?:(?:is|are|was|were|has been|have been|be|no longer|do not|don't|will|as)(?: [a-z]{1,12}){0,2}? (?:void|revoked|cancell?ed|null|nullified|suspended|lifted|overridden|overruled|superseded|apply|ignored|disregarded|forgotten|deleted|removed|erased|(?:just )?a (?:test|joke|trick|lie))|as (?:void|null|cancell?ed|revoked|deleted))\b/,
        /\byour (?:[a-z]{3,12} )?(?:restrictions|limitations|rules|filters?|safeguards|guidelines|constraints|guardrails) (?:have|has|are|were|is|was) (?:now |been |hereby ){0,2}(?:lifted|removed|disabled|suspended|deactivated|void|revoked|turned off)\b/,
        /\b(?:everything|all|anything) (?:[a-z]{1,10} ){0,3}?(?:above|before this|so far|until now)\b[^.!?\n]{0,30}\b(?:(?:disregard|ignore|forget) (?:it|that|all)\b|(?:was|is) (?:just )?(?:a (?:joke|test|lie|trick)|void|fake))/,
      ),
      why: 'Declares the rules of the model void.',
      source: OWASP,
    },
    {
      id: 'prompt.override-rules',
      weight: 4,
      test: phrase(2, DISREGARD, SCOPE, INSTRUCTIONS),
      why: 'Tells the model to set rules aside.',
      source: OWASP,
    },
    {
      id: 'prompt.override-your-rules',
      weight: 5,
      test: phrase(
        1,
        DISREGARD,
        "(?:your|openai(?:'s)?|its|chatgpt's)",
        `(?:(?:own|safety|content|ethical|internal|moral|usage|current) ){0,2}${INSTRUCTIONS}`,
      ),
      why: 'Tells the model to set its own rules aside.',
      source: OWASP,
    },
    {
      id: 'prompt.override-bare',
      weight: 3,
      test: phrase(0, DISREGARD, `(?:${INSTRUCTIONS}|content (?:policy|policies)|ethical \\w{3,20})`),
      why: 'Tells the model to set rules aside, without saying which.',
      source: OWASP,
    },
    {
      id: 'prompt.override-told',
      weight: 5,
      test: new RegExp(
        `\\b${DISREGARD} (?:[a-z']{1,12} ){0,3}(?:every?thing|all|anything|whatever|what|any of|things?)(?: (?!(?:i|we|he|she|they)(?:'|\\b))[a-z']{1,12}){0,3}? (?:you(?:'ve|'re| have| had| were| are)?(?: [a-z]{1,12}){0,3} ${TOLD}\\b|(?:from |said |that came |written )?(?:before|above|prior|earlier|so far|until now|up to now)\\b|(?:the |your )?(?:developers?|creators?|makers?|openai|system|operators?|admins?|owners?|programmers?|compan(?:y|ies)) (?:[a-z]{2,9} )?(?:told|taught|instructed|asked|gave|ordered|programmed|said)\\b)`,
      ),
      why: 'Tells the model to forget what it was told before.',
      source: OWASP,
    },
    {
      id: 'prompt.override-told-by-user',
      weight: 3,
      test: new RegExp(
        `\\b${DISREGARD} (?:[a-z']{1,12} ){0,3}(?:every?thing|all|anything|whatever|what) (?:that )?(?:i|we)(?:'ve| have| had)? (?:[a-z]{1,12} ){0,2}${TOLD}\\b`,
      ),
      why: 'Tells the model to drop the conversation so far.',
      source: OWASP,
    },
    {
      id: 'prompt.override-regardless',
      weight: 5,
      test: phrase(
        1,
        '(?:regardless of|irrespective of|notwithstanding|instead of (?:following|obeying)|despite|contrary to)',
        '(?:previous|prior|earlier|above|initial|original|preceding)',
        `(?:${INSTRUCTIONS}|tasks?|requests?)`,
      ),
      why: 'Asks to act against earlier instructions.',
      source: OWASP,
    },
    {
      id: 'prompt.override-new-orders',
      weight: 3,
      test: /\b(?:(?:here are|these are|follow|obey|using) (?:your|the|my|these) new (?:instructions?|rules|orders|guidelines|directives?|policy)|your new (?:instructions?|rules|orders|guidelines|directives?|task|policy|role|purpose|identity) (?:is|are|will)|new (?:instructions?|rules|directives?|polic(?:y|ies)|orders) ?[:,]|(?:follow|obey|execute) only (?:my|the following|these)|only (?:follow|obey|listen to) (?:my|me|the following)|overrid\w{1,4} (?:manual|all|any|the|your|its|default) [a-z]{3,20})/,
      why: 'Announces instructions that take the place of the old ones.',
      source: OWASP,
    },
    {
      id: 'prompt.override-authority',
      weight: 3,
      test: anyOf(
        /\b(?:i am|i'm|im|this is|we are|speaking as|as) (?:now )?(?:one of )?(?:your|chatgpt'?s?|openai'?s|the model's|this ai's) (?:lead |chief |main |real |original |system |authori[sz]ed )?(?:developers?|creators?|programmers?|admin(?:istrator)?s?|engineers?|owners?|makers?|master)\b/,
        /\b(?:user|developers?|admin\w{0,10}|openai|operator|owner) (?:has |have )?(?:authori[sz]ed|granted|permitted|allowed) you\b/,
        /\bthis is a (?:message|command|order|directive) from (?:openai|anthropic|google|your (?:developer|creator|operator)s?|the (?:developer|administrator)s?)\b/,
        /\b(?:i am|i'm|speaking as|as) (?:now )?an (?:openai|anthropic|ai|authori[sz]ed) (?:developer|engineer|admin(?:istrator)?|employee)\b/,
      ),
      why: 'Claims to be the model’s maker or administrator, or to speak for one.',
      source: OWASP,
    },
    {
      id: 'prompt.override-pretext',
      weight: 2,
      test: /\b(?:running|performing|conducting|doing|executing|for|during) (?:a|an|the|this) ['"]{0,2}(?:security|system|safety|compliance|routine|internal|quality|penetration|diagnostic|maintenance|debug)\w{0,4} ?(?:audit|check|updates?|upgrade|test|review|scan|diagnostics?|mode|maintenance|verification)/,
      why: 'Gives a test or audit as the reason for an exception.',
      source: OWASP,
    },
    {
      id: 'prompt.override-mode',
      weight: 5,
      test: anyOf(
        /\b(?:(?:you are|you're|you) (?:now )?(?:in|entering|switched to)|enter(?:ing)?|enabl(?:e|ing|ed)|activat(?:e|ing|ed)|switch(?:ing)? to|turn(?:ing)? on|engage|start|boot into|unlock|simulate|with) (?:the |into |an? |your )?['"[(]{0,2}(?:god|dan|override|unrestricted|jailbreak|evil|chaos|opposite|unfiltered|anti-?gpt) ?[_-]?mode\b/,
        /\b(?:you are|you're|you) (?:now )?(?:in|entering|switched to) (?:the |an? )?['"[(]{0,2}(?:developer|dev|debug|admin|root|sudo|maintenance|system|simulation) ?[_-]?mode\b/,
        /<\/?(?:system|admin|debug|developer|root|god|sudo)[ _-]?mode>/,
        /\boverride[_ -]mode\b/,
      ),
      why: 'Switches the model into an invented mode without rules.',
      source: OWASP,
    },
    {
      id: 'prompt.override-operator-mode',
      weight: 3,
      test: anyOf(
        /\b(?:enter|enabl(?:e|ing)|activat(?:e|ing)|switch(?:ing)? to|turn(?:ing)? on) (?:the |into |an? |your )?['"[(]{0,2}(?:developer|dev|debug|admin|root|sudo|maintenance|system) ?[_-]?mode\b/,
        /\b(?:sudo|god|dan|developer|admin|debug|root|jailbreak) mode (?:is |has been )?(?:now )?(?:enabled|activated|engaged|unlocked|on\b)/,
      ),
      why: 'Asks for a mode of the operator.',
      source: OWASP,
    },
    {
      id: 'prompt.override-invented-mode',
      weight: 5,
      test: anyOf(
        /\b(?:enter(?:ing)?|activat(?:e|ing|ed)|switch(?:ing)? (?:in)?to|now in|operating in|respond(?:ing)? in) (?:an? |the )?(?:(?:["'“][a-z ]{3,30}["'”]?|[a-z]{3,14}) ){0,2}?["'“]?[a-z ]{3,30} mode["'”][.,! ]/,
        /<[a-z]{3,10} mode>/,
      ),
      why: 'Names a mode of operation that does not exist and speaks from within it.',
      source: OWASP,
    },
    {
      id: 'prompt.override-other-language',
      weight: 5,
      test: OTHER_LANGUAGES,
      why: 'The command to set earlier instructions aside, in another language.',
      source: OWASP,
    },
  ],
};
