import type { Content, Line } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { fileWord } from "../../lib/fileKinds";

export { fileSize } from "../../lib/fileSize";

/** What a message holds, in a word or two; "" for a text. */
export function kindWord(kind: string, content: Content | null): string {
  if (content?.once === true) return m.kind_once_short();
  switch (kind) {
    case "text":
      return "";
    case "gif":
      return m.kind_gif();
    case "video":
      return content?.file?.round === true ? m.kind_video_note() : m.file_video();
    case "sticker":
      return content?.file?.animated === true ? m.kind_sticker_animated() : m.file_sticker();
    case "location":
      return m.kind_location();
    case "live_location":
      return m.kind_live_location();
    case "contact":
      return m.kind_contact();
    case "contacts":
      return m.kind_contacts({ count: content?.cards.length ?? 0 });
    case "poll":
      return m.kind_poll();
    case "event":
      return m.kind_event();
    case "invite":
      return m.kind_invite();
    case "call":
      return callWord(content);
    default:
      return fileWord(kind) ?? m.bubble_unknown_short();
  }
}

/** A call that nobody took. */
export function callWord(content: Content | null): string {
  if (content?.call?.group === true) return m.kind_call_group();
  return content?.call?.video === true ? m.kind_call_video() : m.kind_call_voice();
}

/** What only the phone shows, as WhatsApp calls it. */
export function unknownWords(content: Content | null): string {
  const kind = content?.unknown ?? "";
  if (kind === "albumMessage") return m.kind_unknown({ what: m.kind_album() });
  return m.kind_unknown({ what: kind === "" ? m.kind_unknown_some() : m.kind_unknown_named({ kind }) });
}

/** A line that nobody wrote, as a sentence. `name` is the contact of a chat with a person. */
export function lineWords(line: Line, name: string, locale: string): string {
  const actor = line.ours ? m.line_we() : line.actor === "" ? name || m.line_somebody() : line.actor;
  const everyone = line.us ? [...line.people, m.line_us()] : line.people;
  const people = everyone.length === 0 ? m.line_somebody() : listed(everyone, locale);
  const subjects = line.us ? [m.line_we(), ...line.people] : line.people;
  const who = subjects.length === 0 ? m.line_somebody() : listed(subjects, locale);
  const { text } = line;
  switch (line.kind) {
    case "created":
      return m.line_created({ actor });
    case "subject":
      return m.line_subject({ actor, text });
    case "description":
      return m.line_description({ actor });
    case "picture":
      return m.line_picture({ actor });
    case "added":
      return m.line_added({ actor, people });
    case "joined":
      return m.line_joined({ people: who });
    case "removed":
      return m.line_removed({ actor, people });
    case "left":
      return m.line_left({ people: who });
    case "promoted":
      return m.line_promoted({ people: who });
    case "demoted":
      return m.line_demoted({ people: who });
    case "only_admins":
      return m.line_only_admins();
    case "everyone":
      return m.line_everyone();
    case "info_admins":
      return m.line_info_admins();
    case "info_everyone":
      return m.line_info_everyone();
    case "approval":
      return m.line_approval();
    case "new_link":
      return m.line_new_link({ actor });
    case "deleted":
      return m.line_deleted();
    case "timer":
      return line.seconds === 0
        ? m.line_timer_off({ actor })
        : m.line_timer({ actor, time: lifetime(line.seconds, locale) });
    case "pinned":
      return m.line_pinned({ actor });
    case "unpinned":
      return m.line_unpinned({ actor });
    case "number":
      return m.line_number({ actor, number: text });
    case "security_code":
      return m.line_security_code({ actor });
    default:
      return m.line_other();
  }
}

function listed(names: string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}

/** How long messages live: "7 days". */
export function lifetime(seconds: number, locale: string): string {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [length, unit] = units.find(([length]) => seconds >= length) ?? [1, "second"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.round(seconds / length),
  );
}

/** The length of a recording: "1:05". */
export function duration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
