/** The longest text that is sent, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** From this length on a text is folded, in UTF-16 units and in lines. */
const FOLD_CHARS = 1500;
const FOLD_LINES = 24;

// Format characters (zero-width ones, direction marks), control characters, blanks, and letters that are drawn as nothing.
const INVISIBLE = /\p{Cf}|\p{Cc}|\p{Z}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2800|\u3164|\uffa0|[\ufe00-\ufe0f]/gu;

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a reader would see anything of the text. */
export function hasVisible(text: string): boolean {
  return text.replace(INVISIBLE, "") !== "";
}

/** Why a text can't be sent: nothing in it, or more than WhatsApp takes. */
export function textProblem(text: string): "empty" | "too_long" | undefined {
  if (text.trim() === "") return "empty";
  return utf8Length(text) > MAX_TEXT_BYTES ? "too_long" : undefined;
}

/** The beginning of a long text, cut between whole characters; undefined when the text is short enough to be shown. */
export function folded(text: string): string | undefined {
  let end = text.length > FOLD_CHARS * 1.25 ? FOLD_CHARS : text.length;
  let line = -1;
  for (let n = 0; n < FOLD_LINES; n++) {
    line = text.indexOf("\n", line + 1);
    if (line < 0) break;
  }
  if (line >= 0 && line < end && text.length - line > 1) end = line;
  return end === text.length ? undefined : text.slice(0, wholeCharacters(text, end));
}

// A character may be many code units: the cut goes before the one that `end` falls into.
function wholeCharacters(text: string, end: number): number {
  const from = Math.max(0, end - 64);
  let cut = from;
  for (const part of new Intl.Segmenter("en").segment(text.slice(from, end + 64))) {
    if (from + part.index > end) break;
    cut = from + part.index;
  }
  return cut > 0 ? cut : end;
}
