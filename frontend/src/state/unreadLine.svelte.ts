import type { Message } from "../api/types";
import { firstUnread } from "../lib/thread";

/** The line above what was unread when a thread was opened, and how much that is. */
export class UnreadLine {
  /** The first message that was unread; 0 when there was none, or when it is not loaded yet. */
  from = $state(0);
  count = $state(0);

  // How many were unread when it was opened, counted back from the newest message there was.
  #then = { count: 0, newest: 0 };

  /** Draws it anew above so many messages, counted back from the one with the id `newest`, or from the last if that is not among them. */
  draw(unread: number, newest: number, messages: readonly Message[]): void {
    const at = messages.findIndex((message) => message.id === newest);
    const later = at < 0 ? [] : messages.slice(at + 1);
    this.#then = { count: unread, newest: (at < 0 ? messages.at(-1)?.id : newest) ?? 0 };
    this.from = 0;
    this.count = unread === 0 ? 0 : unread + later.filter((message) => !message.out).length;
  }

  /** Takes it away. */
  clear(): void {
    this.#then = { count: 0, newest: 0 };
    this.from = 0;
    this.count = 0;
  }

  /** One more arrived that nobody looked at. */
  add(message: number): void {
    if (this.from === 0) this.from = message;
    this.count++;
  }

  /** Finds its place once the messages are loaded up to there; `whole` says that there are no older ones. */
  find(messages: readonly Message[], whole: boolean): void {
    const { count, newest } = this.#then;
    if (count === 0 || this.from !== 0) return;
    const known = messages.slice(0, messages.findIndex((message) => message.id === newest) + 1);
    const enough = known.filter((message) => !message.out).length >= count;
    if (enough || whole) this.from = firstUnread(known, count);
  }
}
