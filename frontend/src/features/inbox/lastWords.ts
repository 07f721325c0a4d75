import type { Conversation } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { hasVisible } from "../../lib/text";
import { fileWord } from "../../lib/fileKinds";

/** What a row says of the last message: for the eye, and for the ear. `quiet` is set where the words are ours. */
export interface LastWords {
  shown: string;
  spoken: string;
  quiet: boolean;
}

/** The last message of a conversation in one line. */
export function lastWords(conversation: Conversation): LastWords {
  const { last } = conversation;
  if (last === null) return { shown: "", spoken: "", quiet: false };
  const [text, quiet] = content(last.kind, last.text);
  if (!last.out) return { shown: text, spoken: text, quiet };
  const own = m.inbox_you({ text });
  // The tick says that it is ours; only what was typed on the phone needs the word.
  return { shown: last.fromPhone ? own : text, spoken: own, quiet };
}

function content(kind: string, text: string): [string, boolean] {
  const file = fileWord(kind);
  if (kind !== "text" && file === undefined) return [m.bubble_unknown_short(), true];
  if (!hasVisible(text)) return [file ?? m.bubble_invisible(), true];
  const words = text.replace(/\s+/gu, " ").trim();
  return [file === undefined ? words : m.file_with_words({ file, words }), false];
}
