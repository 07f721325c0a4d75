import { describe, expect, it } from "vitest";

import { dayKey, firstUnread, threadRows, type ThreadEntry } from "./thread";

const DAY = 86_400_000;
const MORNING = Date.UTC(2026, 10, 23, 9, 0);

function entry(id: number, at: number, part: Partial<ThreadEntry> = {}): ThreadEntry {
  return { id, at, out: false, device: 1, ...part };
}

function shape(messages: ThreadEntry[], unreadFrom = 0, count = 0): string[] {
  return threadRows(messages, unreadFrom, count).map((row) => {
    if (row.kind === "day") return `day ${dayKey(row.at)}`;
    if (row.kind === "unread") return `unread ${row.count}`;
    return `${row.message.id}${row.first ? " first" : ""}${row.device ? " device" : ""}`;
  });
}

describe("threadRows", () => {
  it("is empty for no messages", () => {
    expect(shape([])).toEqual([]);
  });

  it("puts a day before the first message of each day", () => {
    expect(shape([entry(1, MORNING), entry(2, MORNING + DAY)])).toEqual([
      "day 2026-11-23",
      "1 first",
      "day 2026-11-24",
      "2 first",
    ]);
  });

  it("keeps messages of one side together until the other side answers or time passes", () => {
    const messages = [
      entry(1, MORNING),
      entry(2, MORNING + 1000),
      entry(3, MORNING + 2000, { out: true }),
      entry(4, MORNING + 3000, { out: true }),
      entry(5, MORNING + 3000 + 6 * 60_000, { out: true }),
    ];
    expect(shape(messages)).toEqual(["day 2026-11-23", "1 first", "2", "3 first", "4", "5 first"]);
  });

  it("says where another device carried what follows", () => {
    const messages = [entry(1, MORNING), entry(2, MORNING + 1, { device: 2 }), entry(3, MORNING + 2, { device: 2 })];
    expect(shape(messages)).toEqual(["day 2026-11-23", "1 first", "2 first device", "3"]);
  });

  it("draws the line above the first unread message", () => {
    const messages = [entry(1, MORNING), entry(2, MORNING + 1), entry(3, MORNING + 2)];
    expect(shape(messages, 2, 2)).toEqual(["day 2026-11-23", "1 first", "unread 2", "2 first", "3"]);
  });

  it("gives every row its own key, even when a day comes twice because a clock went back", () => {
    const rows = threadRows([entry(1, MORNING), entry(2, MORNING + DAY), entry(3, MORNING)], 2, 1);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  });

  it("keeps the key of the first day when older messages of that day are put before it", () => {
    const newer = threadRows([entry(5, MORNING)], 0, 0);
    const both = threadRows([entry(4, MORNING - 60_000), entry(5, MORNING)], 0, 0);
    expect(both[0]?.key).toBe(newer[0]?.key);
  });
});

describe("firstUnread", () => {
  const messages = [entry(1, 1), entry(2, 2, { out: true }), entry(3, 3), entry(4, 4, { out: true }), entry(5, 5)];

  it.each([
    [0, 0],
    [1, 5],
    [2, 3],
    [3, 1],
    [9, 1],
  ])("of %i unread is message %i", (unread, id) => {
    expect(firstUnread(messages, unread)).toBe(id);
  });
});
