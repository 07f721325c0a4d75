import { describe, expect, it } from "vitest";
import { timeZones, zoneWords } from "./timeZones";
import { weekdays } from "./weekdays";

describe("the days of the week", () => {
  it("stand in the order of a calendar of the language, by their own numbers", () => {
    const british = weekdays("en-GB");
    expect(british.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6, 0]);
    expect(british[0]).toEqual({ day: 1, short: "Mon", long: "Monday" });
    expect(weekdays("en-US").map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(weekdays("en-US")[0]?.long).toBe("Sunday");
  });
});

describe("time zones", () => {
  it("are all that are known, once, with the one in use", () => {
    const zones = timeZones("Europe/Atlantis");
    expect(zones).toEqual(expect.arrayContaining(["America/New_York", "Europe/Atlantis", "Europe/Madrid", "UTC"]));
    expect(zones[0]).toBe("Europe/Atlantis");
    expect(new Set(zones).size).toBe(zones.length);
    expect(timeZones("")).not.toContain("");
    expect(zoneWords("America/Argentina/Buenos_Aires")).toBe("America/Argentina/Buenos Aires");
  });
});
