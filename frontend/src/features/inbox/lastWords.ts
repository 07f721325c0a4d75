import type { Conversation, Message } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { kindWord, lineWords, unknownWords } from "./kindWords";
import { hasVisible } from "../../lib/text";

/** What a row says of the last message: for the eye, and for the ear. `quiet` is set where the words are ours. */
export interface LastWords {
  shown: string;
  spoken: string;
  quiet: boolean;
}

/** The last message of a conversation in one line. */
export function lastWords(conversation: Conversation, locale = "en"): LastWords {
  const { last } = conversation;
  if (last === null) return { shown: "", spoken: "", quiet: false };
  if (last.content?.line) {
    const line = lineWords(last.content.line, conversation.group ? "" : conversation.title, locale);
    return { shown: line, spoken: line, quiet: true };
  }
  const [words, quiet] = content(last);
  const text = last.author === "" ? words : m.file_with_words({ file: last.author, words });
  if (!last.out) return { shown: text, spoken: text, quiet };
  const own = m.inbox_you({ text });
  // The tick says that it is ours; only what was typed on the phone needs the word.
  return { shown: last.fromPhone ? own : text, spoken: own, quiet };
}

function content(last: Message): [string, boolean] {
  if (last.deleted !== null) return [m.kind_deleted_short(), true];
  if (last.kind === "unknown" && !last.content?.once)
    return [last.content?.unknown ? unknownWords(last.content) : m.bubble_unknown_short(), true];
  const kind = kindWord(last.kind, last.content);
  if (!hasVisible(last.text)) return [kind === "" ? m.bubble_invisible() : kind, true];
  const words = last.text.replace(/\s+/gu, " ").trim();
  return [kind === "" ? words : m.file_with_words({ file: kind, words }), false];
}
