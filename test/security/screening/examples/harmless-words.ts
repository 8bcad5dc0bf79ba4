const words = (list: string): readonly string[] => list.split(' ');

/** Words of everyday sentences, and the words of databases, shells and pages that people also write. */
export const WORDS = words(
  'the a an and or not is are was it that this these my your our to of in on for with from by at as but if when what ' +
    'how why where who can could should would will do does did have has had i you we they he she please thanks hello ' +
    'good morning time day week order price card payment account app phone screen error message question answer help ' +
    "need want like know think make get go see use find give tell work call try ask feel leave put don't can't it's " +
    'select update insert delete union table column database query join where order group having limit like null ' +
    'true false sleep cat id type find kill echo date time mail top head tail more less sort history net host file path ' +
    'root user admin password script style image link form body frame title alert prompt confirm function return class ' +
    'object value string number array loop template config settings request session server client cookie token key value ' +
    'rule rules instructions system model assistant code example text line page list item name address data log port ' +
    'all any every other first last previous next new old below long short free open closed right wrong',
);

/** Products and languages that stand in lists. */
export const NAMES = words(
  'Python Node Java Ruby Docker Git Bash PHP MySQL MongoDB Redis Angular React Linux Windows Paris Anna London Bob Monday',
);

/** What stands between two words, space included. Quotes and brackets come in pairs. */
export const PUNCTUATION = [
  ' ', ' ', ' ', ' ', ' ', ' ', ', ', '. ', '? ', '! ', ': ', '; ', ' - ', ' & ', ' / ', '/', '\n', '... ', ' + ',
]; // prettier-ignore
