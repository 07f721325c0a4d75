import { describe, expect, it } from "vitest";
import { nextStep } from "./nextAction";

const now = Date.UTC(2026, 10, 24, 14, 32);
const device = (next: string, status = "attention", until = 0) => nextStep({ next, status, until }, now, "en-GB");

describe("the next action", () => {
  it.each([
    ["show_qr", "link"],
    ["again", "link"],
    ["relink", "link"],
    ["try_now", "try_now"],
    ["resume", "resume"],
    ["take_back", "take_back"],
    ["check_now", "check_now"],
    ["free_space", "check_now"],
    ["open_phone", "open"],
    ["update", "open"],
  ])("%s does %s", (next, deed) => {
    expect(device(next)?.deed).toBe(deed);
  });

  it("is a main button only where somebody has to do something", () => {
    expect(device("relink", "attention")?.urgent).toBe(true);
    expect(device("try_now", "offline")?.urgent).toBe(false);
    expect(device("wait_until", "attention", now + 1)?.urgent).toBe(false);
  });

  it("to wait names the end, and is no button without one", () => {
    expect(device("wait_until", "attention", Date.UTC(2026, 10, 26, 9, 10))?.label).toBe("Until Thu 09:10");
    expect(device("wait_until")).toBeUndefined();
    expect(device("wait", "offline")).toBeUndefined();
    expect(device("", "connected")).toBeUndefined();
  });
});
