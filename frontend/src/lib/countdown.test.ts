import { expect, it } from "vitest";

import { fractionLeft, secondsLeft } from "./countdown";

it("counts whole seconds down to none", () => {
  expect(secondsLeft(20_000, 0)).toBe(20);
  expect(secondsLeft(20_000, 19_001)).toBe(1);
  expect(secondsLeft(20_000, 20_000)).toBe(0);
  expect(secondsLeft(20_000, 99_000)).toBe(0);
});

it("tells what part is left, between 1 and 0", () => {
  expect(fractionLeft(1000, 5000, 0)).toBe(1);
  expect(fractionLeft(1000, 5000, 2000)).toBe(0.75);
  expect(fractionLeft(1000, 5000, 9000)).toBe(0);
  expect(fractionLeft(5000, 5000, 5000)).toBe(0);
});
