import { describe, expect, it } from "vitest";

import { city, holdWords, when } from "./hold";

const now = new Date(2026, 10, 24, 14, 32).getTime();
const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 0).getTime();
const hold = (code: string, until = 0, wall = "", zone = "") => ({ hold: code, until, wall, zone });
const support = { called: "Support ·2", status: "offline" };

describe("holdWords", () => {
  it.each([
    [hold(""), ""],
    [hold("device"), "Waits for Support ·2, which is offline"],
    [hold("device", at(25, 9)), "Waits for Support ·2 until Wed 09:00"],
    [hold("uncertain"), "WhatsApp has not confirmed yet; it goes again with the same id."],
    [hold("behind"), "Waits for the message before it"],
    [hold("scheduled", at(24, 18), "2026-11-24T18:00"), "Goes at 18:00"],
    [hold("scheduled", at(25, 8), "2026-11-25T08:00"), "Goes tomorrow at 08:00"],
    [hold("scheduled", at(30, 8), "2026-11-30T08:00"), "Goes Mon 30 Nov at 08:00"],
    [
      hold("scheduled", at(25, 8), "2026-11-25T02:00", "America/Bogota"),
      "Goes tomorrow at 08:00, when it is 02:00 in Bogota",
    ],
    [hold("a reason of later"), "Waits"],
    [hold("a reason of later", at(24, 20)), "Waits until 20:00"],
  ])("says %o", (one, words) => {
    expect(holdWords(one, support, now, "en-GB")).toBe(words);
  });

  it("names what is wrong with the device, and none that is gone", () => {
    expect(holdWords(hold("device"), { ...support, status: "attention" }, now, "en")).toBe(
      "Waits for Support ·2, which requires attention",
    );
    expect(holdWords(hold("device"), undefined, now, "en")).toBe("Waits");
  });

  it("calls a zone by its place", () => {
    expect(city("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
    expect(when(at(24, 15), now, "en")).toBe("at 15:00");
  });
});
