/** One or two letters that stand for a person; "" when the name has no letter, as a phone number has none. */
export function contactInitials(name: string): string {
  const words = name.split(/[\s\-_.]+/u).filter((word) => /^[\p{L}]/u.test(word));
  const [first = ""] = words;
  const last = words.length > 1 ? (words[words.length - 1] ?? "") : "";
  return (initial(first) + initial(last)).toLocaleUpperCase();
}

function initial(word: string): string {
  const [part] = new Intl.Segmenter("en").segment(word);
  return part?.segment ?? "";
}
