import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Uptime } from "../api/types";
import { sampleUptime } from "../test/samples";
import { Uptimes } from "./uptimes.svelte";

describe("the uptime of all devices", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is asked for once after many changes, and only while somebody looks", async () => {
    const fleet = vi.fn<(days: number) => Promise<Uptime[]>>().mockResolvedValue([sampleUptime({ share: 0.5 })]);
    const uptimes = new Uptimes({ fleet });
    uptimes.changed();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fleet).not.toHaveBeenCalled();

    const stop = uptimes.watch(30);
    await vi.advanceTimersByTimeAsync(0);
    expect(uptimes.figures.get(1)?.share).toBe(0.5);
    for (let n = 0; n < 50; n++) uptimes.changed();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fleet.mock.calls).toEqual([[30], [30]]);

    stop();
    uptimes.changed();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fleet).toHaveBeenCalledTimes(2);
  });

  it("keeps what it knows when the engine does not answer, and asks again", async () => {
    const fleet = vi.fn<(days: number) => Promise<Uptime[]>>().mockResolvedValue([sampleUptime()]);
    const uptimes = new Uptimes({ fleet });
    uptimes.watch(7);
    await vi.advanceTimersByTimeAsync(0);
    fleet.mockRejectedValueOnce(new Error("gone"));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(uptimes.figures.size).toBe(1);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(fleet).toHaveBeenCalledTimes(3);
  });
});
