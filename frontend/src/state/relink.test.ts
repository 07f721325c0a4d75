import { describe, expect, it, vi } from "vitest";

import type { Device, Pairing } from "../api/types";
import { sampleDevice, samplePairing } from "../test/samples";
import type { PairingCalls } from "./pairing.svelte";
import { needsRelink, RelinkQueue } from "./relink.svelte";

const unlinked = (id: number) =>
  sampleDevice({
    id,
    linked: 0,
    number: `+34 600 000 00${id}`,
    status: "attention",
    cause: "unlinked_from_phone",
    next: "relink",
  });
const told = (part: Partial<Pairing>) => {
  const value = samplePairing({ qr: null, ...part });
  return { topic: "pairing", id: value.device, gone: false, value };
};

function queueOf(...ids: number[]) {
  const devices = new Map<number, Device>(ids.map((id) => [id, unlinked(id)]));
  const calls = {
    createDevice: vi.fn<PairingCalls["createDevice"]>(),
    start: vi.fn<PairingCalls["start"]>(async (device) => samplePairing({ device })),
    renew: vi.fn<PairingCalls["renew"]>(async (device) => samplePairing({ device })),
    showCode: vi.fn<PairingCalls["showCode"]>(async (device) =>
      samplePairing({ device, kind: "waiting", qr: null, asked: "+34" }),
    ),
    cancel: vi.fn<PairingCalls["cancel"]>().mockResolvedValue(),
  };
  const queue = new RelinkQueue(calls, (id) => devices.get(id));
  const link = (id: number) => {
    devices.set(id, sampleDevice({ id, linked: 5 }));
    queue.apply([told({ device: id, kind: "linked" })]);
  };
  return { queue, calls, devices, link };
}

const outcomes = (queue: RelinkQueue) => queue.turns.map(({ device, outcome }) => `${device} ${outcome}`);

describe("RelinkQueue", () => {
  it("asks for a code only when the turn of its device has come and somebody is ready", async () => {
    const { queue, calls, link } = queueOf(1, 2);
    queue.show();
    expect(queue.stage).toBe("choose");
    await queue.begin([1, 2]);
    expect(queue.stage).toBe("turn");
    expect(calls.showCode).not.toHaveBeenCalled();
    await queue.showCode("code");
    expect(calls.showCode.mock.calls).toEqual([[1, ""]]);
    link(1);
    expect(outcomes(queue)).toEqual(["1 linked", "2 waiting"]);
    await queue.next();
    expect(queue.turn?.device).toBe(2);
    expect(queue.pairing.open).toBe(false);
    await queue.showCode("qr");
    expect(calls.start.mock.calls).toEqual([[2]]);
    link(2);
    await queue.next();
    expect(queue.stage).toBe("results");
  });

  it("skips, goes back, and puts off", async () => {
    const { queue } = queueOf(1, 2, 3);
    await queue.begin([1, 2, 3]);
    await queue.next();
    expect(outcomes(queue)).toEqual(["1 skipped", "2 waiting", "3 waiting"]);
    await queue.back();
    expect(queue.turn).toMatchObject({ device: 1, outcome: "waiting" });
    await queue.later();
    expect(outcomes(queue)).toEqual(["2 waiting", "3 waiting", "1 waiting"]);
    expect(queue.turn?.device).toBe(2);
    await queue.back();
    expect(queue.at).toBe(0);
  });

  it("keeps why a device was not linked, and goes through the rest again", async () => {
    const { queue, link } = queueOf(1, 2, 3);
    await queue.begin([1, 2, 3]);
    await queue.showCode("code");
    queue.apply([told({ device: 1, kind: "refused", number: "+34 600 000 099" })]);
    await queue.next();
    await queue.showCode("code");
    queue.apply([told({ device: 2, kind: "failed" })]);
    await queue.next();
    await queue.showCode("code");
    link(3);
    await queue.next();
    expect(outcomes(queue)).toEqual(["1 refused", "2 failed", "3 linked"]);
    expect(queue.turns[0]?.step?.number).toBe("+34 600 000 099");
    await queue.rest();
    expect(outcomes(queue)).toEqual(["1 waiting", "2 waiting"]);
    expect(queue.stage).toBe("turn");
  });

  it("stays where it is when the dialog is closed, without its code", async () => {
    const { queue, calls } = queueOf(1, 2);
    await queue.begin([1, 2]);
    await queue.next();
    await queue.showCode("code");
    await queue.close();
    expect(calls.cancel).toHaveBeenCalledWith(2);
    expect(queue.open).toBe(false);
    queue.show();
    expect(queue.turn?.device).toBe(2);
    expect(queue.pairing.open).toBe(false);
    await queue.stop();
    queue.show();
    expect(queue.stage).toBe("choose");
  });

  it("passes by what was linked or removed meanwhile", async () => {
    const { queue, devices } = queueOf(1, 2, 3, 4);
    await queue.begin([1, 2, 3, 4]);
    devices.set(2, sampleDevice({ id: 2, linked: 5 }));
    devices.delete(3);
    await queue.next();
    expect(outcomes(queue)).toEqual(["1 skipped", "2 linked", "3 skipped", "4 waiting"]);
    expect(queue.turn?.device).toBe(4);
  });

  it("does not take a step of another device for its own", async () => {
    const { queue } = queueOf(1, 2);
    await queue.begin([1, 2]);
    await queue.showCode("code");
    queue.apply([told({ device: 2, kind: "linked" })]);
    expect(outcomes(queue)).toEqual(["1 waiting", "2 waiting"]);
  });
});

it("only what has no link and can have one again needs relinking", () => {
  expect(needsRelink(unlinked(1))).toBe(true);
  expect(needsRelink(sampleDevice({ linked: 5, next: "relink" }))).toBe(false);
  expect(needsRelink(sampleDevice({ linked: 0, next: "" }))).toBe(false);
});
