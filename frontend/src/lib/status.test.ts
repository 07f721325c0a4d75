import { describe, expect, it } from "vitest";
import { countByStatus, severity, statusLine, worst } from "./status";

const now = Date.UTC(2026, 10, 24, 14, 32);
const state = {
  status: "offline",
  cause: "server_unreachable",
  since: 0,
  until: 0,
  nextTry: 0,
  try: 0,
  reason: "",
  code: 0,
  step: 0,
};

describe("the worst status", () => {
  it("is attention before offline before pending before connected", () => {
    expect(worst(["connected", "pending"])).toBe("pending");
    expect(worst(["pending", "offline"])).toBe("offline");
    expect(worst(["offline", "attention", "connected"])).toBe("attention");
    expect(worst([])).toBeUndefined();
  });

  it("is one that is not known, so that it is seen", () => {
    expect(severity("from_the_future")).toBe(0);
    expect(countByStatus([{ status: "from_the_future" }, { status: "offline" }])).toEqual({
      attention: 1,
      offline: 1,
      pending: 0,
      connected: 0,
    });
  });
});

describe("the line under a cause", () => {
  it("counts down to the next try", () => {
    expect(statusLine({ ...state, nextTry: now + 18_000, try: 6 }, now, "en-GB")).toBe(
      "Try 6 failed. The next one is in 0:18.",
    );
    expect(statusLine({ ...state, nextTry: now + 18_000 }, now, "en-GB")).toBe("Next try in 0:18.");
    expect(statusLine({ ...state, nextTry: now - 1, try: 6 }, now, "en-GB")).toBe("Trying now.");
  });

  it("says what is safe when no try is planned", () => {
    expect(statusLine(state, now, "en-GB")).toBe("New messages wait at WhatsApp and are not lost.");
  });

  it("names the end where there is one", () => {
    const locked = { ...state, status: "attention", cause: "reachout_timelock", until: Date.UTC(2026, 10, 26, 9, 10) };
    expect(statusLine(locked, now, "en-GB")).toBe("Replies still go. First contacts wait until Thu 09:10.");
  });
});
