import { describe, expect, it } from "vitest";
import { chosen, extend, NOTHING, toggle, toggleAll } from "./selection";

const shown = [5, 3, 9, 1, 7];

describe("a selection", () => {
  it("takes one in and lets it go", () => {
    const one = toggle(NOTHING, 3);
    expect(chosen(one, shown)).toEqual([3]);
    expect(chosen(toggle(one, 3), shown)).toEqual([]);
  });

  it("goes on from the last one, in both directions and in the order shown", () => {
    expect(chosen(extend(toggle(NOTHING, 3), 1, shown), shown)).toEqual([3, 9, 1]);
    expect(chosen(extend(toggle(NOTHING, 1), 5, shown), shown)).toEqual([5, 3, 9, 1]);
    expect(chosen(extend(extend(toggle(NOTHING, 5), 9, shown), 7, shown), shown)).toEqual(shown);
  });

  it("takes only the one where there is none to go on from", () => {
    expect(chosen(extend(NOTHING, 9, shown), shown)).toEqual([9]);
    expect(chosen(extend(toggle(NOTHING, 42), 9, shown), shown)).toEqual([9]);
  });

  it("does not reach what is not shown", () => {
    const all = toggleAll(NOTHING, shown);
    expect(chosen(all, [3, 9])).toEqual([3, 9]);
    expect(extend(all, 42, shown)).toBe(all);
    expect(toggleAll(all, shown)).toBe(NOTHING);
  });
});
