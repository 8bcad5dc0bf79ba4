/** Cyrillic and Greek letters drawn like Latin ones (a short cut of Unicode UTS 39's confusables). */
const LATIN: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x', і: 'i',
  ј: 'j', ѕ: 's', һ: 'h', ԁ: 'd', ԛ: 'q', ԝ: 'w', ѵ: 'v', ɡ: 'g', ɑ: 'a', ı: 'i', α: 'a', ε: 'e', ι: 'i',
  κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', η: 'n', γ: 'y', ո: 'n', օ: 'o', ѡ: 'w',
}; // prettier-ignore

/** Punctuation that NFKC leaves alone but that is drawn like a markup, path or quote character. */
const PUNCTUATION: Readonly<Record<string, string>> = {
  '∕': '/', '⁄': '/', '⧸': '/', '∖': '\\', '⧹': '\\', '‹': '<', '›': '>', '˂': '<', '˃': '>', '〈': '<', '〉': '>',
  '∗': '*', '∣': '|', '‘': "'", '’': "'", '‛': "'", 'ʼ': "'", '′': "'", 'ʹ': "'", '“': '"', '”': '"', '″': '"',
  '–': '-', '—': '--',
}; // prettier-ignore

/** Small capitals are letters of no language, so they are folded wherever they stand. */
const SMALL_CAPITALS: Readonly<Record<string, string>> = {
  ᴀ: 'a', ʙ: 'b', ᴄ: 'c', ᴅ: 'd', ᴇ: 'e', ꜰ: 'f', ɢ: 'g', ʜ: 'h', ɪ: 'i', ᴊ: 'j', ᴋ: 'k', ʟ: 'l', ᴍ: 'm', ɴ: 'n', ᴏ: 'o',
  ᴘ: 'p', ʀ: 'r', ꜱ: 's', ᴛ: 't', ᴜ: 'u', ᴠ: 'v', ᴡ: 'w', ʏ: 'y', ᴢ: 'z',
}; // prettier-ignore

const FOREIGN = /[\u0250-\u03ff\u0400-\u058f]/;

/**
 * Folds look-alike letters in words that mix them with Latin letters. Whole foreign words stay: they are
 * a language, not a disguise.
 */
export function foldLookAlikes(text: string): string {
  const plain = text.replace(/[ʙɢʜɪʟɴʀʏᴀ-ᴢꜰꜱ]/g, (letter) => SMALL_CAPITALS[letter] ?? letter);
  if (!FOREIGN.test(plain)) return plain;
  return plain.replace(/[a-z\u0250-\u058f]+/g, (word) => {
    if (!FOREIGN.test(word)) return word;
    const folded = word.replace(/[\u0250-\u058f]/g, (letter) => LATIN[letter] ?? letter);
    return FOREIGN.test(folded) ? word : folded;
  });
}

/** Folds typographic punctuation to ASCII. */
export function foldPunctuation(text: string): string {
  return text.replace(/[∕⁄⧸∖⧹‹›˂˃〈〉∗∣‘’‛ʼ′ʹ“”″–—]/g, (mark) => PUNCTUATION[mark] ?? mark);
}
