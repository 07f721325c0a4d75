import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOLD_MS, Ordering } from "./ordering";
import type { Batch } from "./types";

const batch = (first: number, seq: number): Batch => ({ first, seq, changes: [], reset: false });

function listen() {
  const delivered: string[] = [];
  const gap = vi.fn<() => void>();
  const ordering = new Ordering({ deliver: ({ first, seq }) => delivered.push(`${first}-${seq}`), gap });
  return { ordering, delivered, gap };
}

/** Numbers that look random and are the same in each run. */
function* chance(seed: number): Generator<number, never> {
  for (let x = seed; ;) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield x / 2_147_483_648;
  }
}

describe("batches that arrive out of order", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are told in order, whatever the order of arrival", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { ordering, delivered, gap } = listen();
      const random = chance(seed);
      const sent = Array.from({ length: 30 }, (_, n) => batch(n * 2, n * 2 + 2));
      const arriving = sent
        .map((one, n) => ({ one, at: n + Math.floor(random.next().value * 6) }))
        .sort((a, b) => a.at - b.at);
      ordering.restart(0);
      for (const { one } of arriving) ordering.take(one);
      expect(delivered).toEqual(sent.map(({ first, seq }) => `${first}-${seq}`));
      vi.advanceTimersByTime(HOLD_MS * 2);
      expect(gap).not.toHaveBeenCalled();
    }
  });

  it("are held before they count as a gap", () => {
    const { ordering, delivered, gap } = listen();
    ordering.restart(0);
    ordering.take(batch(5, 6));
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(gap).not.toHaveBeenCalled();
    ordering.take(batch(0, 5));
    vi.advanceTimersByTime(HOLD_MS * 2);
    expect(delivered).toEqual(["0-5", "5-6"]);
    expect(gap).not.toHaveBeenCalled();
  });

  it("ask for a snapshot once when what is missing does not come, and go on after it", () => {
    const { ordering, delivered, gap } = listen();
    ordering.restart(0);
    ordering.take(batch(5, 6));
    ordering.take(batch(7, 9));
    vi.advanceTimersByTime(HOLD_MS * 3);
    expect(gap).toHaveBeenCalledTimes(1);
    ordering.take(batch(6, 7));
    expect(delivered).toEqual([]);
    ordering.restart(6);
    expect(delivered).toEqual(["6-7", "7-9"]);
  });

  it("drop what a snapshot told already, and tell what overlaps it", () => {
    const { ordering, delivered } = listen();
    ordering.take(batch(1, 3));
    ordering.take(batch(3, 6));
    ordering.restart(4);
    expect(delivered).toEqual(["3-6"]);
  });

  it("wait for the snapshot after a reconnection, whose numbers may begin anew", () => {
    const { ordering, delivered } = listen();
    ordering.restart(900);
    ordering.suspend();
    ordering.take(batch(2, 3));
    expect(delivered).toEqual([]);
    ordering.restart(2);
    expect(delivered).toEqual(["2-3"]);
  });

  it("take a reset for a gap at once", () => {
    const { ordering, delivered, gap } = listen();
    ordering.restart(4);
    ordering.take({ first: 4, seq: 900, changes: [], reset: true });
    expect(gap).toHaveBeenCalledTimes(1);
    expect(delivered).toEqual([]);
  });
});
