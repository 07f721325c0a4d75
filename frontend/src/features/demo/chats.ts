import type { DemoMessage, DemoPhone } from "../../api/types";

/** A chat that a phone has, or could begin. */
export interface PlayedChat {
  peer: string;
  name: string;
  messages: readonly DemoMessage[];
}

/**
 * The chats of a phone, the one with the newest message first, and after them everybody of the other kind whom it could
 * write to: a contact writes to our linked phones, ours to the contacts.
 */
export function chatsOf(phone: DemoPhone, phones: readonly DemoPhone[]): PlayedChat[] {
  const present = phone.chats
    .map((chat) => ({ peer: chat.peer, name: chat.peerName || nameOf(chat.peer, phones), messages: chat.messages }))
    .sort((a, b) => (b.messages.at(-1)?.at ?? 0) - (a.messages.at(-1)?.at ?? 0));
  const others = phones
    .filter((other) => other.ours !== phone.ours && (phone.ours || other.linked > 0))
    .filter((other) => !present.some((chat) => chat.peer === other.number))
    .map((other) => ({ peer: other.number, name: other.name, messages: [] }));
  return [...present, ...others];
}

function nameOf(number: string, phones: readonly DemoPhone[]): string {
  return phones.find((phone) => phone.number === number)?.name ?? number;
}
