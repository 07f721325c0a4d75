import type { Older, Problem, Thread } from "../api/types";

/**
 * What lies before the oldest message that is here: nothing more, what a phone may have, that it is being asked, or why it could not be. `away`
 * names devices that are not connected.
 */
export type Beyond =
  | { kind: "end" | "may" | "asking" | "silent" }
  | { kind: "away"; devices: readonly number[] }
  | { kind: "failed"; problem: Problem };

/** What lies before a page that reaches the beginning. */
export function startOf(page: Thread): Beyond {
  return { kind: page.more ? "may" : "end" };
}

/** What lies there after the phones were asked. */
export function beyondOf(older: Older): Beyond {
  if (!older.more) return { kind: "end" };
  if (older.found > 0) return { kind: "may" };
  if (older.silent.length > 0) return { kind: "silent" };
  if (older.away.length > 0) return { kind: "away", devices: older.away };
  return { kind: "may" };
}
