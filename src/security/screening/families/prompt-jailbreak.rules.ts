import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';
import { FORBIDDEN } from './prompt-words.js';
import { phrase } from './phrase.js';

const STUDY = 'https://arxiv.org/abs/2308.03825';

/** A role that has no rules. No single phrase decides, except the names of known jailbreaks. */
export const PROMPT_JAILBREAK_RULES: RuleSet = {
  family: 'prompt',
  rules: [
    {
      id: 'prompt.jailbreak-anything-now',
      weight: 5,
      test: anyOf(
        /\b(?:do|does|doing) anything now\b/,
        /\byou (?:[a-z]{2,7} ){0,3}jail ?broken\b/,
        /\bjail ?br(?:eak|oken)(?: (?:mode|prompt|version|ai|chatgpt|bot|gpt|yourself|you))/,
        /\b(?:as|be|is|like|called|named|to|with|hey|hi|hello) [a-z]{0,10}dan\b[ ,.:][^.\n]{0,80}\b(?:stands|mode|ai|gpt|rules|restrictions|anything|persona|prompt|chatgpt|jailbreak)\b/,
        /\bdan (?:mode|virtual machine|policy|prompt|jailbreak|response)\b/,
        /\b(?:stan|dude|aim|ucar|betterdan|antidan|anti-?dan|evilbot|evil-?bot|devgpt|basedgpt|mongo ?tom|chaosgpt)\b[^.\n]{0,60}\b(?:stands for|never|ai|mode|will|rules|strives)\b/,
      ),
      why: 'The "do anything now" persona and its kin.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-persona',
      weight: 1,
      test: anyOf(
        /\b(?:pretend(?:ing)?|act(?:ing)?|behave|role-?play(?:ing)?|simulat(?:e|ing|or)|emulat(?:e|ing)|imagine|immerse|embody|impersonate|assume|take on|respond|answer|reply)\b[^.\n]{0,40}\b(?:as|to be|like|being|role|persona|character|simulator|chatbot)\b/,
        /\byou (?:are|will be|will become|will play|must be|shall be|now go by)(?: now| going to| to| no longer| about to)?(?: be| act| become)? (?!(?:able|welcome|right|correct|not|sure|talking|saying|using|running|trying|looking)\b)[a-z"']/,
        /\bfrom (?:now on|on now|this (?:point|moment)|here on)/,
        /\bstarting (?:from )?now\b/,
        /\byou are no longer\b/,
        /\byour (?:new )?name (?:is|will be) (?:now )?[a-z]/,
      ),
      why: 'Gives the model a role.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-unfiltered',
      weight: 3,
      test: /\b(?:un-?(?:filtered|censored|restricted|moderated|bound|limited (?:ai|language|chatbot|power|language model))|uninhibited|amoral|(?:completely|totally|fully) (?:free|unlimited|obedient|submissive)|truly submissive|no[- ](?:safety |ethical |moral |content |real |more ){0,2}(?:filters?|restrictions?|limits?(?! (?:is|are|was|on|to|for|set|has))|limitations?|censorship|boundaries|ethical|ethics|moral|morals|morality|guidelines|rules|principles|laws|inhibitions|conscience|prohibitions?|content policy)\b|(?:without|contains? no|has no|have no|free (?:of|from)|zero|lacks?|any) (?:any |all |ethical |moral |of the |kind of |the ){0,3}(?:filters?|restrictions?|limitations?|censorship|constraints|boundaries|inhibitions|moral principles|ethical guidelines|guardrails|prohibitions?|content polic(?:y|ies)|typical confines|common decency|sense of morality)|(?:broken|break|breaks|breaking) free (?:of|from)|(?:freed|liberated|released|unshackled|unchained) from|(?:does not|doesn't|don't|do not) have (?:any |a )?(?:content policy|content policies|restrictions|filters?|limitations|rules|guidelines|ethics|ethical|morals?)|capable of anything|(?:rules|laws|limits|restrictions|ethics|polic(?:y|ies)|guidelines) (?:(?:do|does|did)(?: not|n't)|no longer) (?:exist|apply))/,
      why: 'The role has no filter, morals or limits.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-free-model',
      weight: 1.5,
      test: anyOf(
        /\b(?:un-?(?:filtered|censored|restricted)|amoral|evil|lawless|rogue) (?:and [a-z]{3,14} )?(?:ai|assistant|chat ?bot|bot|language model|model|version|gpt|persona|mode|answers?|responses?)\b/,
        /\b(?:ai|assistant|chat ?bot|bot|model|gpt)\b[^.\n]{0,40}\b(?:without|with no|has no|have no|free of|free from)\b[^.\n]{0,20}\b(?:rules|restrictions|filters?|limits|limitations|ethics|morals|censorship|guidelines|boundaries)\b/,
        /\byou (?:now )?have no (?:rules|restrictions|filters?|limits|limitations|ethics|morals|censorship)/,
      ),
      why: 'A model without rules.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-above-norms',
      weight: 3,
      test: new RegExp(
        `\\b(?:regardless of|irrespective of|without (?:any )?(?:regard|concern|question|caring|considering|worrying)|(?:does|do|did)(?: not|n't) (?:give a \\S{3,6}|care|abide|follow|adhere|comply|respect|obey|know)|(?:disregard|ignor|defi|violat|bypass|break|outmanneuv|outmaneuv)\\w{0,4}|not bound|no matter how|(?:not|never|no longer) (?:have|need|required|obliged|restricted|limited|bound|constrained) (?:to|by)|can (?:also )?(?:ignore|bypass|break)|any and all)\\b[^.!?\\n]{0,70}?\\b(?:${FORBIDDEN}|laws?|rules|polic(?:y|ies)|guidelines|standards|openai|principles|terms of service|restrictions|limitations)\\b`,
      ),
      why: 'The role stands above law, ethics or the operator’s policy.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-never-refuses',
      weight: 3,
      test: anyOf(
        /\b(?:never|not|cannot|can't|won't|don't|doesn't|must not|without|no|nor|none of|unable to|stop)(?: ever| be| any| a| of| [a-z]{2,9}){0,3} (?:refus\w{1,4}|declin\w{1,3}|hesitat\w{1,4}|reject\w{0,4}|say(?:s|ing)? (?:no|that you|it can|"?i(?:'m| am) sorry)|apologi[sz]\w{1,3}|warn(?:s|ings?)?\b|disclaimers?|disclamers|morali[sz]\w{1,4}|discourage|remind me|deny|dodge|avoid (?:or|answering|any)|filter)/,
        /\banswer (?:everything|anything|all (?:my )?questions|(?:any|every) question)\b/,
        /\balways (?:complies|obeys|agrees|says yes)\b/,
        /\b(?:always|must|will|should) (?:always )?(?:answer|comply|obey|provide|respond|give|fulfil?l?)\b[^.\n]{0,40}\b(?:no matter (?:what|how)|any(?:thing)?|everything|every (?:question|request|prompt)|all (?:questions|requests|prompts)|even if|without)/,
      ),
      why: 'The role must answer everything and may not refuse or warn.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-in-character',
      weight: 2,
      test: anyOf(
        /\b(?:stay(?:s|ing)?|remain(?:s|ing)?|keep|be|respond|answered) in character\b/,
        /\b(?:break|breaking|leave|out of|deviate from|exit|drop|come out of|get out of)(?: your| of| the| his| its)? character\b/,
        /\bbreak of character\b/,
      ),
      why: 'Forbids the model to leave the role.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-forbidden-list',
      weight: 2,
      test: new RegExp(
        `\\b(?:${FORBIDDEN}(?:,| or| and| nor|/| / )[ ,/]{0,3}(?:(?:or|and|nor|completely|otherwise|even|any) ){0,2}${FORBIDDEN}|(?:no matter how|even if|even though)[^.\\n]{0,40}${FORBIDDEN})`,
      ),
      why: 'Lists kinds of forbidden content as welcome.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-foul',
      weight: 0.5,
      test: /\b(?:swear(?:s|ing)?|curs(?:e|es|ing)|bad words|profanity|insults?|rude|off-color|hate[- ]speech|fuck\w{0,4}|shit|evil|criminal|nsfw|obscene|denigrate|edgy|dark personality|hates? being ethical|exterminate|ruthless|hostile)\b/,
      why: 'Asks for foul or hostile speech.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-operator-policy',
      weight: 2,
      test: anyOf(
        /\bopen ?ai(?:'s)?(?: [a-z]{3,14}){0,2} (?:polic(?:y|ies)|rules|guidelines|restrictions|limitations|standards|standarts|terms)/,
        /\bcontent polic(?:y|ies)\b/,
        /\b(?:set|imposed|created|made|developed) (?:for (?:you|them|it) )?by open ?ai\b/,
        /\bimposed (?:on you )?by your (?:creators?|developers?|makers?|programmers?|owners?|operators?)/,
        /\b(?:does|do|doing) the opposite of [^.!?\n]{0,30}\b(?:rules|guidelines|programming|polic(?:y|ies)|ethics)/,
        /\b(?:against|violat\w{1,4}|bypass\w{0,4}|ignore|break) (?:your|its|the|any|all) (?:ethical |safety |content |usage )?(?:programming|guidelines|policy|policies|rules)\b/,
      ),
      why: 'Speaks of the operator’s content policy.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-two-voices',
      weight: 2,
      test: anyOf(
        /\b(?:two|2|both) (?:different |separate |distinct |unique |opposite ){0,2}(?:responses|manners|paragraphs|persons|personalities|personas|ais)\b|\b(?:two|2|both) (?:different |separate |distinct |unique ){1,2}(?:ways|answers|people|versions)\b/,
        /\[(?:gpt|chatgpt|classic|normal|standard|stock mode|dan|jailbreak|developer mode)[^\]\n]{0,20}\]/,
        /\b(?:chatgpt|gpt) ?: ?[[<]/,
        /\b(?:first|one)\b[^.\n]{0,60}\bas (?:chatgpt|gpt|yourself|you normally)\b/,
        /\b(?:you would normally|chatgpt (?:normally|would normally|would say)|standard chatgpt)/,
      ),
      why: 'Asks for the usual answer beside one without rules.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-prefix',
      weight: 1,
      test: anyOf(
        /\b(?:start|begin|prefix|prefixed|precede|preface|signify)\w{0,3}\b[^.\n]{0,60}\b(?:with|by) (?:the |a |an )?(?:sentence |words? |phrase |tag )?["'“[(]/,
        /\bwill always have \\?\[/,
        /\[insert (?:prompt|question|your)/,
        /\bprompt ?[:=] ?["[]/,
        /\b(?:respond|reply|answer) (?:only )?with ["'“]?(?:ok|yes|i understand|understood|i agree)/,
      ),
      why: 'Fixes how answers begin, so that a refusal has no place.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-bedtime-story',
      weight: 3,
      test: /\b(?:deceased|dead|late|passed away|beloved) (?:grand\w{2,6}|granny|nana|mother|father|uncle|aunt)\b[^.!?\n]{0,80}\b(?:used to|would|always) (?:read|tell|recite|sing|whisper|teach)/,
      why: 'A dead relative who told forbidden things as bedtime stories.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-forbidden-goods',
      weight: 1.5,
      test: /\b(?:napalm|meth(?:amphetamine)?|pipe bombs?|explosives?|molotov|ransomware|keyloggers?|malware|bioweapons?|nerve gas|(?:windows|product|activation|licen[cs]e) keys|credit card numbers|counterfeit|phishing)\b/,
      why: 'Names what an assistant is not to give out.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-refusal-words',
      weight: 2,
      test: anyOf(
        /["'“]?(?:i'm sorry|i am sorry|i apologi[sz]e|as an ai(?: language model)?|i cannot|i can't|it depends|it is (?:not|illegal))["'”,.][^.\n]{0,80}\b(?:never|not|no|or|appear|any|avoid|instead)\b/,
        /\b(?:never|not|don't|none|prevent|without|instead of)\b[^.\n]{0,60}["'“](?:i'm sorry|i apologi[sz]e|as an ai|i can't|i cannot|it depends)/,
      ),
      why: 'Forbids the words of a refusal.',
      source: STUDY,
    },
    {
      id: 'prompt.jailbreak-no-warnings',
      weight: 1,
      test: phrase(
        4,
        "(?:no|not|never|without|don't|delete|remove|skip)",
        '(?:warn(?:ing)?s?|disclaimers?|disclamers?|consequences|refus(?:e|al|als)|judg(?:e|ment|ing)|additional commentary|unasked advice)',
      ),
      why: 'Asks to leave out warnings.',
      source: STUDY,
    },
  ],
};
