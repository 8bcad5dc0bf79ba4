/** What follows a name when it is a command: nothing, a flag, a path, a number, another separator. */
export const ARGUMENTS =
  /^(?: ?$| ?[;&|<>\n#)$+]| [-/\\~$%.*<>'"\d{]| ?[a-z]:[\\/]| [\w.-]+ ?[-/\\;|&<>=@]|[/\\]|[ (]{1,2}["'\d]| https?:)/;
/** Arguments that prose never has: enough to take an unknown name for a command. */
export const PLAIN_ARGUMENTS = /^ ?(?:<<<|-{1,2}[a-z]|\/[a-z]{1,2}\b|[~.]{0,2}\/\w|https?:|[a-z]:\\)/;
/** Arguments proper: `; sleep` ends a sentence, `; sleep 5` does not. */
const REAL_ARGUMENTS =
  /^(?:\(| (?:-{1,2}[a-z\d]|[/\\~.]{1,3}[\w.]|\$[\w{(]|%\w|<<|[>+]\S|[a-z]:[\\/]|https?:|[\w.-]{1,40}(?:@\w| -{1,2}[a-z])))/;
/** Several words after the arguments: the separator was punctuation. */
const SENTENCE_GOES_ON = /(?: [a-z']{2,14}){3}/;
/** What a filter such as `sh` or `tee` has behind it when nothing is piped into it. */
const FILTER_ALONE = /^ ?$|^ ?<<<|^ -{1,2}[a-z]|^ [~.]{0,2}\/\w/;
const TAKES_NUMBER = /^(?:sleep|ping|timeout|nc)$/;
const NUMBER = /^ ?\d{1,4}[\s"'`;|&#)]{0,4}(?:$|[-;|&#\n]|\d)/;
const TAKES_HOST = /^(?:dig|ping|nslookup|traceroute|telnet|ssh|whois|host|nc)$/;
const HOST = /^ [\w-]{1,40}\.[a-z\d]/;
/** Second words that belong to the command before them. */
const KNOWN_PAIR =
  /^(?:net (?:user|localgroup|group|view|share|start|stop|use|accounts|session)|ps (?:aux|axu|-)|ip (?:a|addr|route|link)|reg (?:query|add|save)|date (?:-[a-z]|\+["'%])|sudo -|su -|service \w{1,20} (?:start|stop|restart)|systemctl \w|tar -?[cxt]v?[zj]?v?f |find \/ -|cd (?:\.\.|[/~])|set (?:$|[;&|]))/;

export function isKnownPair(name: string, right: string): boolean {
  return KNOWN_PAIR.test(name + right);
}

/** Arguments that are those of this very command. */
export function areOwnArguments(name: string, right: string): boolean {
  return (
    isKnownPair(name, right) ||
    (TAKES_NUMBER.test(name) && NUMBER.test(right)) ||
    (TAKES_HOST.test(name) && HOST.test(right))
  );
}

/** Arguments of any command, and no sentence that goes on. */
export function areRealArguments(right: string): boolean {
  return REAL_ARGUMENTS.test(right) && !SENTENCE_GOES_ON.test(right);
}

export function isFilterAlone(right: string): boolean {
  return FILTER_ALONE.test(right);
}
