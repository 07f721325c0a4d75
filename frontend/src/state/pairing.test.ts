import { describe, expect, it, vi } from "vitest";

import { CallError } from "../api/problem";
import type { Pairing } from "../api/types";
import { deferred } from "../test/deferred";
import { sampleDevice, samplePairing } from "../test/samples";
import { PairingDialog, type PairingCalls } from "./pairing.svelte";

const problem = { code: "link_busy", message: "", detail: {}, action: "" };
const told = (value: Pairing) => ({ topic: "pairing", id: value.device, gone: false, value });

function dialogWith(part: Partial<PairingCalls> = {}) {
  const calls = {
    createDevice: vi.fn<PairingCalls["createDevice"]>().mockResolvedValue(sampleDevice({ id: 4, linked: 0, slot: 0 })),
    start: vi.fn<PairingCalls["start"]>(async (device) => samplePairing({ device })),
    renew: vi.fn<PairingCalls["renew"]>(async (device) => samplePairing({ device, kind: "waiting", qr: null })),
    showCode: vi.fn<PairingCalls["showCode"]>(async (device, number) =>
      samplePairing({ device, kind: "waiting", qr: null, asked: number }),
    ),
    cancel: vi.fn<PairingCalls["cancel"]>().mockResolvedValue(),
  };
  return { dialog: new PairingDialog({ ...calls, ...part }), calls };
}

describe("PairingDialog", () => {
  it("asks for a name, creates the device and begins its pairing", async () => {
    const { dialog, calls } = dialogWith();
    dialog.openNew(1);
    expect(dialog.open).toBe(true);
    await dialog.create("Reception", "support");
    expect(calls.createDevice).toHaveBeenCalledWith(1, "Reception", "support");
    expect(dialog.device).toBe(4);
    expect(dialog.step?.kind).toBe("showing");
  });

  it("says why the device could not be created, and stays open", async () => {
    const { dialog } = dialogWith({ createDevice: vi.fn().mockRejectedValue(new CallError(problem)) });
    dialog.openNew(1);
    await dialog.create("Reception", "support");
    expect(dialog.open).toBe(true);
    expect(dialog.problem).toEqual(problem);
    expect(dialog.busy).toBe(false);
  });

  it("follows the steps of its device only", async () => {
    const { dialog } = dialogWith();
    await dialog.openFor(sampleDevice({ number: "" }));
    dialog.apply([told(samplePairing({ n: 2 })), told(samplePairing({ device: 2, kind: "linked" }))]);
    expect(dialog.step?.n).toBe(2);
  });

  it("prefers what was told over the answer that it overtook", async () => {
    const answer = deferred<Pairing>();
    const { dialog } = dialogWith({ start: () => answer.promise });
    const begun = dialog.openFor(sampleDevice({ number: "" }));
    dialog.apply([told(samplePairing({ n: 2 }))]);
    answer.resolve(samplePairing({ kind: "waiting" }));
    await begun;
    expect(dialog.step?.n).toBe(2);
  });

  it("cancels a pairing that goes on when it is closed", async () => {
    const { dialog, calls } = dialogWith();
    await dialog.openFor(sampleDevice({ number: "" }));
    await dialog.close();
    expect(calls.cancel).toHaveBeenCalledWith(1);
    expect(dialog.open).toBe(false);
  });

  it.each(["linked", "refused", "failed", "used_up", "cancelled"] as const)(
    "cancels nothing after %s",
    async (kind) => {
      const { dialog, calls } = dialogWith();
      await dialog.openFor(sampleDevice({ number: "" }));
      dialog.apply([told(samplePairing({ kind }))]);
      await dialog.close();
      expect(calls.cancel).not.toHaveBeenCalled();
    },
  );

  it("asks for new codes again, and says why there are none", async () => {
    const { dialog, calls } = dialogWith();
    await dialog.openFor(sampleDevice({ number: "" }));
    dialog.apply([told(samplePairing({ kind: "used_up" }))]);
    await dialog.again();
    expect(calls.renew).toHaveBeenCalledWith(1);
    expect(dialog.step?.kind).toBe("waiting");
    calls.renew.mockRejectedValueOnce(new CallError(problem));
    await dialog.again();
    expect(dialog.problem).toEqual(problem);
  });

  it("forgets an answer that comes after it was closed", async () => {
    const answer = deferred<Pairing>();
    const { dialog } = dialogWith({ start: () => answer.promise });
    const begun = dialog.openFor(sampleDevice({ number: "" }));
    await dialog.close();
    answer.resolve(samplePairing());
    await begun;
    expect(dialog.step).toBeNull();
    expect(dialog.open).toBe(false);
  });
});
