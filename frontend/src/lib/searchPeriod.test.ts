import { expect, it } from "vitest";

import { periodStart } from "./searchPeriod";

it("begins a period at a midnight, also across a change of the clock", () => {
  const now = new Date(2026, 10, 3, 15, 30).getTime();
  expect(periodStart("any", now)).toBe(0);
  expect(periodStart("7", now)).toBe(new Date(2026, 9, 28).getTime());
  expect(periodStart("365", now)).toBe(new Date(2025, 10, 4).getTime());
});
