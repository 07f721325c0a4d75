import { m } from "../i18n/paraglide/messages";

/** What a message holds when it is a file of a known kind: in a word. Undefined for a text and for what is not known. */
export function fileWord(kind: string): string | undefined {
  switch (kind) {
    case "image":
      return m.file_image();
    case "video":
      return m.file_video();
    case "voice":
      return m.file_voice();
    case "audio":
      return m.file_audio();
    case "document":
      return m.file_document();
    case "sticker":
      return m.file_sticker();
    default:
      return undefined;
  }
}
