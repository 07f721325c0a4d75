import { describe, expect, it } from "vitest";
import { countdown, date, length, moment, preciseMoment } from "./when";

const now = Date.UTC(2026, 10, 24, 14, 32);
const locale = "en-GB";
const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

describe("a length of time", () => {
  it.each([
    [0, "< 1 min"],
    [-5000, "< 1 min"],
    [59_999, "< 1 min"],
    [34 * MIN, "34 min"],
    [2 * HOUR + 5 * MIN, "2 h 05"],
    [23 * HOUR + 59 * MIN, "23 h 59"],
    [19 * DAY + 3 * HOUR, "19 d"],
  ])("of %d ms is %s", (ms, words) => {
    expect(length(ms)).toBe(words);
  });
});

describe("a moment", () => {
  it.each([
    [now - 34 * MIN, "13:58"],
    [now - 15 * HOUR, "Mon 23:32"],
    [now - 5 * DAY, "Thu 14:32"],
    [now + 2 * DAY, "Thu 14:32"],
    [now - 22 * DAY, "2 Nov"],
    [now - 400 * DAY, "20 Oct 2025"],
  ])("%d is %s", (at, words) => {
    expect(moment(at, now, locale)).toBe(words);
  });

  it("keeps its clock time where it ends something", () => {
    expect(preciseMoment(now - 9 * DAY, now, locale)).toBe("15 Nov, 14:32");
    expect(preciseMoment(now + 2 * DAY, now, locale)).toBe("Thu 14:32");
  });

  it("has its year only when it is not this one", () => {
    expect(date(now, now, locale)).toBe("24 Nov");
    expect(date(now - 365 * DAY, now, locale)).toBe("24 Nov 2025");
  });
});

describe("a countdown", () => {
  it.each([
    [18_000, "0:18"],
    [17_001, "0:18"],
    [0, "0:00"],
    [-9000, "0:00"],
    [61_000, "1:01"],
    [HOUR + 2 * MIN + 9000, "1:02:09"],
  ])("of %d ms shows %s", (ms, words) => {
    expect(countdown(ms)).toBe(words);
  });
});
