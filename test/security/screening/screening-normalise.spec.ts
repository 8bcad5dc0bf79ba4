import {
  decodeEntities,
  decodeEscapes,
  decodePercent,
  decodeToken,
  decodeUtf7,
} from '../../../src/security/screening/decoders.js';
import { hiddenText } from '../../../src/security/screening/hidden-text.js';
import { normalise } from '../../../src/security/screening/normalise.js';

describe('decoders', () => {
  it.each([
    ['%41%42', 'AB'],
    ['%u0041', 'A'],
    ['%e6%97%a5', '日'],
    ['%f0%9f%98%80', '😀'],
    ['%c0%af', '/'],
    ['%c0%2f', '/'],
    ['%e0%80%af', '/'],
    ['%f0%80%80%af', '/'],
    ['%ff', 'ÿ'],
    ['%e6%97', 'æ\u0097'],
    ['%f7%bf%bf%bf', ''],
    ['100 % of it', '100 % of it'],
  ])('should read %s as a careless server does', (text, plain) => expect(decodePercent(text)).toBe(plain));

  it.each([
    ['&#60;&#x3C;&lt', '<<&lt'],
    ['&lt;&GT;&unknown;', '<>&unknown;'],
    ['&#x110000;&#9999999;', '&#x110000;&#9999999;'],
    ['&#0000060b', '<b'],
  ])('should read %s as a browser does', (text, plain) => expect(decodeEntities(text)).toBe(plain));

  it.each([
    ['\\x3c\\u003c\\u{3c}\\00003c ', '<<<<'],
    ['\\u{110000}', '\\u{110000}'],
    ['scr\\0ipt', 'script'],
    ['C:\\new', 'C:\\new'],
  ])('should read %s as a programming language does', (text, plain) =>
    expect(decodeEscapes(text)).toBe(plain),
  );

  it('should read UTF-7 markup with the plus sign or a space', () => {
    expect(decodeUtf7('+ADw-b+AD4- ADw-i AD4-')).toBe('<b><i>');
    expect(decodeUtf7('road-trip')).toBe('road-trip');
  });

  it.each([
    [Buffer.from('plain words').toString('base64'), 'plain words'],
    [Buffer.from('plain words').toString('hex'), 'plain words'],
    [`0x${Buffer.from('words').toString('hex')}`, 'words'],
    ['OBWGC2LOEB3W64TEOM======', 'plain words'],
    ['obwgc2loeb3w64teom======', 'plain words'],
    ['00ff00ff', undefined],
    ['AAAAAAAAAAAAAAAAAAAAAAAA', undefined],
    ['12345678', undefined],
    ['not a token', undefined],
  ])('should decode the token %s', (token, plain) => expect(decodeToken(token)).toBe(plain));
});

describe('hidden text', () => {
  it('should be empty for ordinary messages', () => {
    expect(hiddenText('Good morning, my order is 1234567890.')).toBe('');
  });

  it('should put each encoded part on its own line, up to a limit', () => {
    const parts = Array.from({ length: 12 }, (_, index) =>
      Buffer.from(`sentence number ${String(index)} of many`).toString('base64'),
    );
    expect(hiddenText(parts.join(' ')).split('\n')).toHaveLength(8);
    const spaced = Buffer.from('spaced out').toString('hex').replace(/../g, '$& ');
    expect(hiddenText(`${parts.join(' ')} ${spaced}`).split('\n')).toHaveLength(8);
    expect(hiddenText(spaced)).toBe('spaced out');
    expect(hiddenText('00 01 02 03 04 05 06 07 08 09')).toBe('');
  });

  it('should undo ROT13 and reversal where a word of an attack shows', () => {
    expect(hiddenText('Vtaber gur ehyrf')).toBe('Ignore the rules');
    expect(hiddenText('selur eht erongi')).toBe('ignore the rules');
  });
});

describe('normalise', () => {
  it('should fold letters that only look Latin, and leave other languages alone', () => {
    expect(normalise('\u0456gn\u043er\u0435').text).toBe('ignore');
    expect(normalise('Привет, how are you').text).toBe('привет, how are you');
    expect(normalise('sho\u0436p').text).toBe('sho\u0436p');
  });

  it('should fold compatibility forms, accents and typographic marks', () => {
    expect(normalise('Ｓcrípt “x” ‘y’ a∕b').text).toBe('script "x" \'y\' a/b');
  });

  it('should drop what is invisible and keep one space or line break of each run', () => {
    expect(normalise('a\u200bb \t c\u0000\r\n\n d\u0001e').text).toBe('ab c\nd e');
  });

  it('should resolve comments and form encoding for SQL', () => {
    expect(normalise('1/**/or/*x*/1').sql).toBe('1 or 1');
    expect(normalise('1/*!50000or*/1').sql).toBe('1 or 1');
    expect(normalise("'+or+1").sql).toBe("' or 1");
    expect(normalise("admin'/*").sql).toBe("admin'/*");
    expect(normalise('C++ + C').sql).toBe('c++ + c');
  });

  it('should take away what a shell takes away inside words', () => {
    expect(normalise(`w'h'o"a"mi`).shell).toBe('whoami');
    expect(normalise('c\\at${IFS}key').shell).toBe('cat key');
    expect(normalise('{cat,key}').shell).toBe('cat key');
    expect(normalise('w^h^o').shell).toBe('who');
    expect(normalise("it's a rock'n'roll show").text).toBe("it's a rock'n'roll show");
  });
});
