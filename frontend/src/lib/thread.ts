/** What grouping needs to know of a message. */
export interface ThreadEntry {
  id: number;
  /** Milliseconds since 1970. */
  at: number;
  out: boolean;
  /** The device that carried it. */
  device: number;
}

/** One row of a thread: a day separator, the line above what is unread, or a message. */
export type ThreadRow<M extends ThreadEntry> =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string; count: number }
  | { kind: "message"; key: string; message: M; first: boolean; device: boolean };

/** Messages of one side within this time of each other stand closer together. */
const RUN_GAP_MS = 5 * 60_000;

/** The local calendar day of a moment, as "2026-11-23". */
export function dayKey(at: number): string {
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/**
 * Turns messages, oldest first, into rows. The line above what is unread stands before the message with the id
 * `unreadFrom`; 0 means that there is none. `first` says that a message begins a run of one side, `device` that another
 * device carried it than the message before.
 */
export function threadRows<M extends ThreadEntry>(
  messages: readonly M[],
  unreadFrom: number,
  unreadCount: number,
): ThreadRow<M>[] {
  const rows: ThreadRow<M>[] = [];
  let before: M | undefined;
  let day = "";
  for (const message of messages) {
    const today = dayKey(message.at);
    let broken = before === undefined;
    if (today !== day) {
      // the id keeps the key unique when a clock went backwards and a day comes twice
      rows.push({ kind: "day", key: `d${today}.${rows.length === 0 ? "" : message.id}`, at: message.at });
      day = today;
      broken = true;
    }
    if (unreadFrom !== 0 && message.id === unreadFrom) {
      rows.push({ kind: "unread", key: "unread", count: unreadCount });
      broken = true;
    }
    const first = broken || before === undefined || before.out !== message.out || message.at - before.at > RUN_GAP_MS;
    const device = before !== undefined && before.device !== message.device;
    rows.push({ kind: "message", key: `m${message.id}`, message, first: first || device, device });
    before = message;
  }
  return rows;
}

/** The id of the oldest of the newest `unread` messages that somebody else wrote; 0 when there is none. */
export function firstUnread(messages: readonly ThreadEntry[], unread: number): number {
  let id = 0;
  let left = unread;
  for (let i = messages.length - 1; i >= 0 && left > 0; i--) {
    const message = messages[i];
    if (message !== undefined && !message.out) {
      id = message.id;
      left--;
    }
  }
  return id;
}
