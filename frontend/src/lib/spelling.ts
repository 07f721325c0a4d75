/** A sign of a code, and the word by which it is told apart on the telephone. */
export interface SpelledSign {
  sign: string;
  word: string;
}

/** The words by which letters and digits are told apart, in their order, parted by spaces. */
export interface SpellingAlphabet {
  letters: string;
  digits: string;
}

/** Spells a code in its groups; what is neither a letter nor a digit parts them. */
export function spell(code: string, alphabet: SpellingAlphabet): readonly (readonly SpelledSign[])[] {
  const letters = alphabet.letters.split(" ");
  const digits = alphabet.digits.split(" ");
  return code
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((group) => group !== "")
    .map((group) =>
      [...group].map((sign) => ({
        sign,
        word: (/\d/.test(sign) ? digits[Number(sign)] : letters[sign.charCodeAt(0) - 65]) ?? sign,
      })),
    );
}
