import { describe, expect, it, vi } from "vitest";
import type { ChangePage } from "../api/types";
import { sampleChange } from "../test/samples";
import { DeviceHistory } from "./deviceHistory.svelte";

/** An engine with so many changes, ids from 1 on. */
function engine(count: number) {
  const rows = { count };
  const changes = vi.fn((_: number, before: number, problems: boolean, limit: number): Promise<ChangePage> => {
    const all = Array.from({ length: rows.count }, (_, index) => sampleChange({ id: rows.count - index }))
      .filter(({ id }) => before === 0 || id < before)
      .filter(({ id }) => !problems || id % 2 === 0);
    return Promise.resolve({ changes: all.slice(0, limit), more: all.length > limit, gaps: [] });
  });
  return { rows, changes, checkGap: vi.fn(async (_device: number, _gap: number) => undefined) };
}

const ids = (history: DeviceHistory) => history.changes.map(({ id }) => id);

describe("a device's history", () => {
  it("shows the newest and says whether there are more", async () => {
    const history = new DeviceHistory(7, engine(30));
    await history.load();
    expect([ids(history).length, history.more]).toEqual([20, true]);
    await history.older();
    expect(ids(history)).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index));
    expect(history.more).toBe(false);
  });

  it("keeps the older ones that are shown when something new happens", async () => {
    const { rows, ...calls } = engine(30);
    const history = new DeviceHistory(7, calls);
    await history.load();
    await history.older();
    rows.count = 32;
    await history.load();
    expect(ids(history)).toEqual(Array.from({ length: 32 }, (_, index) => 32 - index));
    expect(history.more).toBe(false);
  });

  it("shows problems only when that is asked for", async () => {
    const history = new DeviceHistory(7, engine(6));
    await history.load();
    await history.filter(true);
    expect(ids(history)).toEqual([6, 4, 2]);
    await history.filter(false);
    expect(ids(history)).toHaveLength(6);
  });

  it("says why it cannot be read", async () => {
    const history = new DeviceHistory(7, { ...engine(0), changes: () => Promise.reject(new Error("gone")) });
    await history.load();
    expect([history.status, history.problem?.code]).toEqual(["failed", "internal"]);
  });
});
