import { describe, expect, it } from "vitest";
import { minuteWords, timesOfDay } from "./timesOfDay";

describe("times of day", () => {
  it("are the half hours, and the one in use where it is another", () => {
    expect(timesOfDay(60)).toHaveLength(48);
    expect(timesOfDay(0).slice(0, 3)).toEqual([0, 30, 60]);
    const other = timesOfDay(1327);
    expect(other).toHaveLength(49);
    expect(other.slice(-4)).toEqual([1327, 1350, 1380, 1410]);
  });

  it("are written as the language writes them, whatever the time zone", () => {
    expect(minuteWords(22 * 60, "en-GB")).toBe("22:00");
    expect(minuteWords(7 * 60 + 30, "en-GB")).toBe("7:30");
    expect(minuteWords(0, "en-US")).toMatch(/^12:00\sAM$/);
  });
});
