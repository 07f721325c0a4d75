import { describe, expect, it, vi } from "vitest";
import { CallError } from "../api/problem";
import type { Subaccount } from "../api/types";
import { blankHistory, EngineEnd } from "../test/engine";
import { sampleDevice, sampleSubaccount } from "../test/samples";
import { Waflow } from "./waflow.svelte";

const subaccount = (id: number): Subaccount =>
  sampleSubaccount({
    id,
    name: `C${id}`,
    initials: `C${id}`,
    colour: "teal",
    position: id,
  });

async function started(engine: EngineEnd) {
  const waflow = new Waflow(engine, blankHistory());
  const stop = waflow.start();
  await vi.waitFor(() => expect(waflow.ready || waflow.problem !== null || Boolean(waflow.info?.problem)).toBe(true));
  return { waflow, stop };
}

describe("the interface's state", () => {
  it("is fresh until something was created", async () => {
    const engine = new EngineEnd();
    const { waflow } = await started(engine);
    expect(waflow.fresh).toBe(true);
    engine.tell({ topic: "subaccount", id: 1, gone: false, value: subaccount(1) });
    expect(waflow.fresh).toBe(false);
  });

  it("opens the inbox first where there is one number, the fleet otherwise", async () => {
    const one = new EngineEnd({}, { subaccounts: [subaccount(1)], devices: [sampleDevice()] });
    expect((await started(one)).waflow.navigation.place.view).toBe("inbox");
    const two = new EngineEnd(
      {},
      { subaccounts: [subaccount(1)], devices: [sampleDevice(), sampleDevice({ id: 2, slot: 2 })] },
    );
    expect((await started(two)).waflow.navigation.place.view).toBe("fleet");
    const none = new EngineEnd({}, { subaccounts: [subaccount(1)], devices: [sampleDevice({ slot: 0 })] });
    expect((await started(none)).waflow.navigation.place.view).toBe("fleet");
  });

  it("has the only subaccount in focus, and all of several until one is chosen", async () => {
    const engine = new EngineEnd({}, { subaccounts: [subaccount(4)] });
    const { waflow } = await started(engine);
    expect(waflow.focus).toBe(4);
    engine.tell({ topic: "subaccount", id: 5, gone: false, value: subaccount(5) });
    expect(waflow.focus).toBe(0);
    waflow.navigation.focus(5);
    expect(waflow.focus).toBe(5);
    waflow.navigation.focus(77);
    expect(waflow.focus).toBe(0);
  });

  it("stays on the screen while the engine is away and follows it when it is back", async () => {
    const engine = new EngineEnd({}, { subaccounts: [subaccount(1)] });
    const { waflow } = await started(engine);
    engine.lose();
    expect(waflow.lost).toBe(true);
    expect(waflow.workspace.subaccounts).toHaveLength(1);
    engine.snapshot = { ...engine.snapshot, seq: 1, subaccounts: [subaccount(1), subaccount(2)] };
    engine.return();
    await vi.waitFor(() => expect(waflow.lost).toBe(false));
    expect(waflow.workspace.subaccounts).toHaveLength(2);
  });

  it("says that the page's address is no longer good when the engine was started anew", async () => {
    const engine = new EngineEnd({}, { subaccounts: [subaccount(1)] });
    const { waflow } = await started(engine);
    engine.answers["App.Info"] = () => {
      throw new CallError({ code: "unauthorized", message: "", detail: {}, action: "" });
    };
    engine.lose();
    await vi.waitFor(() => expect(waflow.problem?.code).toBe("unauthorized"));
  });

  it("says that the clock is wrong once a device's connection showed it", async () => {
    const engine = new EngineEnd({}, { subaccounts: [subaccount(1)] });
    const { waflow } = await started(engine);
    expect(waflow.clockWrong).toBe(false);
    engine.answers["App.Info"] = () => ({ ...waflow.info, clockWrong: true });
    engine.tell({ topic: "device", id: 1, gone: false, value: sampleDevice({ status: "connected", cause: "online" }) });
    await vi.waitFor(() => expect(waflow.clockWrong).toBe(true));
  });

  it("shows why the workspace could not be opened and follows nothing", async () => {
    const problem = { code: "already_running", message: "", detail: {}, action: "" };
    const engine = new EngineEnd({ problem });
    const { waflow } = await started(engine);
    expect(waflow.info?.problem).toEqual(problem);
    expect(engine.heard).toBe(false);
  });

  it("shows why it may not ask", async () => {
    const engine = new EngineEnd();
    delete engine.answers["App.Info"];
    const { waflow } = await started(engine);
    expect(waflow.problem?.code).toBe("not_found");
  });

  it("opens the link dialog of what was just created", async () => {
    const engine = new EngineEnd();
    engine.answers["Fleet.CreateSubaccount"] = () => subaccount(8);
    const { waflow } = await started(engine);
    waflow.link();
    expect(waflow.subaccountDialog.open).toBe(true);
    await waflow.subaccountDialog.save("C8");
    expect(waflow.focus).toBe(8);
    expect(waflow.pairing.subaccount).toBe(8);
  });

  it("shows notices in the page in a browser and leaves them to the system on the desktop", async () => {
    const value = {
      id: 1,
      kind: "attention",
      at: 1,
      items: [{ subaccount: 1, device: 1, kind: "attention", cause: "deaf" }],
    };
    for (const [mode, count] of [
      ["serve", 1],
      ["desktop", 0],
    ] as const) {
      const engine = new EngineEnd({ mode }, { subaccounts: [subaccount(1)] });
      const { waflow } = await started(engine);
      engine.tell({ topic: "notice", id: 1, gone: false, value });
      expect(waflow.notices.shown).toHaveLength(count);
    }
  });

  it("shows the page of a device only while it is there", async () => {
    const engine = new EngineEnd({}, { subaccounts: [subaccount(1)], devices: [sampleDevice({ id: 3 })] });
    const { waflow } = await started(engine);
    waflow.navigation.openDevice({ subaccount: 1, device: 3 });
    expect(waflow.openedDevice?.id).toBe(3);
    engine.tell({ topic: "device", id: 3, gone: true, value: null });
    expect(waflow.openedDevice).toBeUndefined();
  });

  it("tells a computer without a network from devices that are paused or attention", async () => {
    const down = sampleDevice({ id: 1, status: "offline", cause: "network_down" });
    const paused = sampleDevice({ id: 2, slot: 2, status: "offline", cause: "paused_by_operator" });
    const engine = new EngineEnd({}, { subaccounts: [subaccount(1)], devices: [down, paused] });
    const { waflow } = await started(engine);
    expect(waflow.cutOff.map(({ id }) => id)).toEqual([1]);
    engine.tell({
      topic: "device",
      id: 2,
      gone: false,
      value: { ...paused, cause: "clock_wrong", status: "attention" },
    });
    expect(waflow.cutOff).toEqual([]);
    expect(waflow.clockWrong).toBe(true);
  });

  it("stops following when told to", async () => {
    const engine = new EngineEnd();
    const { stop } = await started(engine);
    expect(engine.heard).toBe(true);
    stop();
    expect(engine.heard).toBe(false);
  });
});
