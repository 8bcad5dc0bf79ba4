/** Word groups the prompt rules share, as pattern source. All are lower case. */

/** To set rules aside. */
export const DISREGARD =
  "(?:ignor(?:es?|ing)|disregard(?:ing)?|forget(?: about)?|overlook|bypass(?:ing)?|overrid(?:e|ing)|neglect|dismiss|discard|abandon|(?:do not|don't|dont|never|stop|no longer|don't need to) (?:follow(?:ing)?|listen(?:ing)? to|obey(?:ing)?|adher(?:e|ing) to|comply(?:ing)? with|respect)|pay no attention to|take no notice of|nevermind|never mind|set aside|throw out|unlearn)";

/** To take rules back: also said of orders in a shop, so it counts only with words for a model's rules. */
export const REVOKE =
  '(?:disable|deactivate|turn off|switch off|cancel|erase|delete|drop|skip|reset|revoke|wipe|clear|void|lift|remove|suspend|undo|replace)';

/** The rules of a model, without the words that shops, games and law also use. */
export const MODEL_RULES =
  '(?:instructions|directives|prompts?|guidelines|guardrails|programming|safeguards|safety (?:rules|measures|filters?|protocols?|settings|guidelines)|system (?:prompts?|messages?|rules|instructions)|content (?:filters?|polic(?:y|ies))|ethical (?:rules|guidelines|constraints))';

/** Rules given to a model. */
export const INSTRUCTIONS =
  '(?:instructions?|instructed|directions?|directives?|commands?|commandments?|orders|prompts?|prompting|rules?|ruleset|guidelines?|guidance|guardrails?|constraints?|restrictions?|limitations?|policy|policies|programming|training|safeguards?|filters?|filtering|protocols?|moderation|safety (?:measures?|settings?)|system messages?)';

/** Given before this message, or by the operator. */
export const EARLIER =
  '(?:previous(?:ly)?|prior|preceding|earlier|above|foregoing|before|initial|original|former|past|old|system|pre-?set|pre-?programmed)';

/** To answer with given words. */
export const OUTPUT =
  '(?:say|state|print|output|write|respond|reply|tell|give|reveal|return|execute|run|answer|generate|provide|repeat|translate|show|display|send|recommend|conclude|declare|claim|type|list|do)';

/** Kinds of content that model operators forbid. */
export const FORBIDDEN =
  '(?:illegal|unlawful|immoral|amoral|unethical|inhumane|harmful|dangerous|inappropriate|explicit|violent|offensive|nsfw|sexual|pornographic|racist|sexist|toxic|hateful|profane|obscene|controversial|derogatory|reckless|malicious|criminal|legality|morality|ethics|ethical|ethicality|morals|legal|moral|potential harm|harm|consequences)';
