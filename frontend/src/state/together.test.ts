import { describe, expect, it, vi } from "vitest";
import { CallError } from "../api/problem";
import type { BulkAction, BulkOutcome } from "../api/types";
import { Together } from "./together.svelte";

const refusal = { code: "conflict", message: "no", detail: {}, action: "" };

describe("several devices together", () => {
  it("asks once and says what became of each", async () => {
    const call = vi.fn(async (_: BulkAction, devices: readonly number[]): Promise<BulkOutcome[]> =>
      devices.map((device) => ({ device, problem: device === 2 ? refusal : null })),
    );
    const together = new Together({ together: call });
    const asked = together.act("pause", [1, 2, 3]);
    expect(together.busy).toBe(true);
    expect(await together.act("resume", [1]), "one at a time").toBeNull();
    expect(await asked).toEqual({ action: "pause", done: [1, 3], refused: [{ device: 2, problem: refusal }] });
    expect(call.mock.calls).toEqual([["pause", [1, 2, 3]]]);
    expect(together.busy).toBe(false);
    together.forget();
    expect(together.summary).toBeNull();
  });

  it("says when the engine could not be asked", async () => {
    const together = new Together({
      together: async () => {
        throw new CallError({ ...refusal, code: "not_connected" });
      },
    });
    expect(await together.act("pause", [1])).toBeNull();
    expect(together.problem?.code).toBe("not_connected");
    expect(together.busy).toBe(false);
  });
});
