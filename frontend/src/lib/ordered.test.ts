import { describe, expect, it } from "vitest";

import { merge, upsert, without } from "./ordered";

interface Item {
  id: number;
  at: number;
}
const byTime = (a: Item, b: Item) => a.at - b.at || a.id - b.id;
const item = (id: number, at: number): Item => ({ id, at });
const ids = (list: readonly Item[]) => list.map((one) => one.id);

describe("upsert", () => {
  const list = [item(1, 10), item(2, 20), item(3, 30)];

  it("puts a new item at its place", () => {
    expect(ids(upsert(list, item(4, 25), byTime))).toEqual([1, 2, 4, 3]);
    expect(ids(upsert(list, item(4, 5), byTime))).toEqual([4, 1, 2, 3]);
    expect(ids(upsert(list, item(4, 99), byTime))).toEqual([1, 2, 3, 4]);
  });

  it("replaces in place, and moves what belongs elsewhere now", () => {
    const replaced = upsert(list, { id: 2, at: 20 }, byTime);
    expect(ids(replaced)).toEqual([1, 2, 3]);
    expect(ids(upsert(list, item(1, 25), byTime))).toEqual([2, 1, 3]);
  });

  it("leaves the list given as it was", () => {
    upsert(list, item(9, 15), byTime);
    expect(ids(list)).toEqual([1, 2, 3]);
  });
});

it("merges two parts, each id once and the newer state kept", () => {
  const merged = merge([item(1, 10), { id: 2, at: 20 }], [{ id: 2, at: 40 }, item(3, 30)], byTime);
  expect(merged).toEqual([item(1, 10), item(3, 30), { id: 2, at: 40 }]);
});

it("takes an item out, or nothing", () => {
  const list = [item(1, 1), item(2, 2)];
  expect(ids(without(list, 1))).toEqual([2]);
  expect(without(list, 7)).toBe(list);
});
