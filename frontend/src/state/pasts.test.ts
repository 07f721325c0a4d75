import { describe, expect, it, vi } from "vitest";

import { CallError } from "../api/problem";
import { samplePast } from "../test/samples";
import { Pasts } from "./pasts.svelte";

const problem = { code: "not_found", message: "", detail: {}, action: "" };

describe("Pasts", () => {
  it("follows how far each device's history has come", () => {
    const pasts = new Pasts({ again: vi.fn() });
    pasts.load([samplePast({ percent: 40 })]);
    pasts.apply([
      { topic: "history", id: 1, gone: false, value: samplePast({ percent: 70 }) },
      { topic: "history", id: 2, gone: false, value: samplePast({ device: 2, subaccount: 2, percent: 10 }) },
      { topic: "device", id: 1, gone: false, value: {} },
    ]);
    expect(pasts.progress.get(1)?.percent).toBe(70);
    expect(pasts.underWay(0)).toHaveLength(2);
    expect(pasts.underWay(2).map(({ device }) => device)).toEqual([2]);
  });

  it("leaves out what is complete, and what only somebody can set going again", () => {
    const pasts = new Pasts({ again: vi.fn() });
    pasts.load([
      samplePast({ done: true, percent: 100 }),
      samplePast({ device: 2, refused: 1, why: "history_too_large" }),
      samplePast({ device: 3, refused: 1, waiting: 2, why: "history_too_large" }),
    ]);
    expect(pasts.underWay(0).map(({ device }) => device)).toEqual([3]);
  });

  it("says why trying again was refused, until it is tried anew", async () => {
    const again = vi.fn().mockRejectedValueOnce(new CallError(problem)).mockResolvedValueOnce(undefined);
    const pasts = new Pasts({ again });
    await pasts.again(2);
    expect(pasts.refusal).toEqual({ device: 2, problem });
    await pasts.again(2);
    expect(again).toHaveBeenLastCalledWith(2);
    expect(pasts.refusal).toBeNull();
  });
});
