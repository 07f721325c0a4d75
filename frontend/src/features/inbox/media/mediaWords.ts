import type { Content, Media, Message, Problem } from "../../../api/types";
import { m } from "../../../i18n/paraglide/messages";
import { clock } from "../../../lib/chatTime";
import { problemText } from "../../../lib/words";
import { duration, fileSize, kindWord } from "../kindWords";

/** Why the file of a message can't be had, in a sentence; "" where nothing is wrong. `name` is who can send it again. */
export function mediaWords(media: Media, out: boolean, name: string, refusal?: Problem): string {
  if (refusal !== undefined) return problemText(refusal);
  if (media.state !== "gone" && media.state !== "refused") return "";
  switch (media.why) {
    case "media_gone":
      return out ? m.media_gone_own() : m.media_gone({ name });
    case "media_cleared":
      return m.media_cleared();
    case "media_silent":
      return m.media_silent();
    case "device_removed":
      return m.media_device_removed();
    case "media_too_large":
      return m.media_too_large();
    case "media_broken":
      return m.media_broken();
    default:
      return m.media_failed();
  }
}

/** What a picture or a video is called: "Photo from Ana, 17:58". */
export function pictureWords(message: Message, name: string, locale: string): string {
  const what = kindWord(message.kind, message.content);
  const time = clock(message.at, locale);
  if (message.out) return m.media_from_us({ what, time });
  return m.media_from({ what, name: message.author === "" ? name : message.author, time });
}

/** Length, pages and size of a file, as far as they are known. */
export function fileFacts(content: Content | null, media: Media, locale: string): string {
  const seconds = content?.file?.seconds ?? 0;
  const pages = content?.file?.pages ?? 0;
  return [
    seconds > 0 ? duration(seconds) : "",
    pages > 0 ? m.kind_pages({ count: pages }) : "",
    media.size > 0 ? fileSize(media.size, locale) : "",
  ]
    .filter((fact) => fact !== "")
    .join(", ");
}

/** Whether the file of a message is here and shown as a picture. */
export function isPicture(media: Media | null): boolean {
  return media?.state === "here" && media.type.startsWith("image/");
}

/** Whether the file of a message is here and shown large: a picture or a video. */
export function isLarge({ kind, media, deleted }: Message): boolean {
  if (media?.state !== "here" || deleted !== null || kind === "document" || kind === "sticker") return false;
  return isPicture(media) || media.type.startsWith("video/");
}
