import { describe, expect, it } from "vitest";

import { clock, dayLabel, listTime } from "./chatTime";

// The tests run in UTC.
const NOW = Date.UTC(2026, 10, 23, 14, 31);
const DAY = 86_400_000;

it("tells the time of day with two digits", () => {
  expect(clock(Date.UTC(2026, 10, 23, 0, 5), "en-GB")).toBe("00:05");
});

describe("listTime", () => {
  it.each([
    [NOW - 60_000, "14:30"],
    [NOW + 60_000, "14:32"],
    [NOW - DAY, "Yesterday"],
    [NOW - 3 * DAY, "Fri"],
    [NOW - 7 * DAY, "16 Nov"],
    [Date.UTC(2025, 4, 2, 9), "2 May 2025"],
  ])("says of %i %s", (at, words) => {
    expect(listTime(at, NOW, "en-GB")).toBe(words);
  });
});

describe("dayLabel", () => {
  it.each([
    [NOW, "Today"],
    [NOW - DAY, "Yesterday, Sunday 22 November"],
    [NOW - 2 * DAY, "Saturday 21 November"],
    [Date.UTC(2025, 4, 2, 9), "Friday, 2 May 2025"],
  ])("says of %i %s", (at, words) => {
    expect(dayLabel(at, NOW, "en-GB")).toBe(words);
  });
});
