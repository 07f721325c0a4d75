import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Device } from "../api/types";
import { sampleDevice, sampleSubaccount } from "../test/samples";
import { FleetList, SETTLE_MS } from "./fleetList.svelte";
import { Workspace } from "./workspace.svelte";

const subaccounts = [1, 2].map((id) =>
  sampleSubaccount({
    id,
    name: `C${id}`,
    initials: `C${id}`,
    colour: "teal",
    position: id,
  }),
);

function fleet(devices: Device[]) {
  const workspace = new Workspace();
  workspace.load({ subaccounts, devices, removed: [], unread: [] });
  const list = new FleetList(workspace);
  const ids = () => list.shown.map((device) => device.id);
  const becomes = (device: Device) => workspace.apply([{ topic: "device", id: device.id, gone: false, value: device }]);
  return { list, ids, becomes };
}

const connected = sampleDevice({ id: 1, subaccount: 1, status: "connected", since: 10 });
const pending = sampleDevice({ id: 2, subaccount: 2, status: "pending", cause: "first_sync", since: 20 });
const offline = sampleDevice({ id: 3, subaccount: 1, status: "offline", cause: "network_down", since: 30 });
const attention = sampleDevice({ id: 4, subaccount: 2, status: "attention", cause: "banned", since: 5 });

describe("the fleet", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("has the worst first, and of equals the one that changed last", () => {
    const later = sampleDevice({ ...offline, id: 5, since: 40 });
    expect(fleet([connected, pending, offline, attention, later]).ids()).toEqual([4, 5, 3, 2, 1]);
  });

  it("is grouped by subaccount in the rail's order, and within by the order in which devices send", () => {
    const low = sampleDevice({ id: 7, subaccount: 1, slot: 2, priority: "low" });
    const { list } = fleet([pending, low, { ...offline, slot: 3, priority: "high" }, connected]);
    list.order = "subaccount";
    const keys = () => list.rows.map((row) => row.key);
    expect(keys()).toEqual(["s1", "p1-high", "d3", "p1-medium", "d1", "p1-low", "d7", "s2", "d2"]);
    list.toggle("subaccounts", 2);
    expect(keys()).toEqual(["s2", "d2"]);
    list.subaccount = 1;
    list.showAll();
    expect(keys(), "one subaccount needs no groups").toEqual(["d3", "d1", "d7"]);
  });

  it("shows every priority while a device is moved", () => {
    const { list } = fleet([connected, offline]);
    list.order = "subaccount";
    list.moving = 1;
    expect(list.rows.map((row) => row.key)).toEqual(["s1", "p1-high", "p1-medium", "d1", "d3", "p1-low"]);
  });

  it("chooses devices, and lets go of what is hidden", () => {
    const { list } = fleet([connected, pending, offline, attention]);
    list.choose(4, false);
    list.choose(2, true);
    expect(list.chosen).toEqual([4, 3, 2]);
    list.toggle("statuses", "offline");
    expect(list.chosen).toEqual([3]);
    list.showAll();
    list.chooseAll();
    expect(list.chosen).toEqual([4, 3, 2, 1]);
    list.chooseAll();
    expect(list.chosen).toEqual([]);
  });

  it("combines the statuses chosen", () => {
    const { list, ids } = fleet([connected, pending, offline, attention]);
    list.toggle("statuses", "attention");
    list.toggle("statuses", "connected");
    expect(ids()).toEqual([4, 1]);
    list.toggle("statuses", "attention");
    expect(ids()).toEqual([1]);
    list.toggle("statuses", "connected");
    expect(ids()).toEqual([4, 3, 2, 1]);
    list.toggle("statuses", "attention");
    list.showAll();
    expect(ids()).toEqual([4, 3, 2, 1]);
  });

  it("shows one subaccount's devices when it is in focus", () => {
    const { list, ids } = fleet([connected, pending, offline, attention]);
    list.subaccount = 1;
    expect(ids()).toEqual([3, 1]);
    expect(list.devices).toHaveLength(2);
  });

  it("keeps rows in their places while somebody points at them", () => {
    const { list, ids, becomes } = fleet([connected, pending, offline, attention]);
    list.attend();
    becomes({ ...connected, status: "attention", cause: "deaf", since: 99 });
    becomes(sampleDevice({ id: 6, subaccount: 1, status: "attention", cause: "deaf", since: 100 }));
    expect(ids()).toEqual([4, 3, 2, 1, 6]);
    expect(list.waiting).toBe(true);
    vi.advanceTimersByTime(SETTLE_MS - 1);
    list.attend();
    vi.advanceTimersByTime(SETTLE_MS - 1);
    expect(list.waiting).toBe(true);
    vi.advanceTimersByTime(1);
    expect(ids()).toEqual([6, 1, 4, 3, 2]);
    expect(list.waiting).toBe(false);
  });

  it("takes the new order at once when nobody points at it any more", () => {
    const { list, ids, becomes } = fleet([connected, offline]);
    list.attend();
    becomes({ ...connected, status: "attention", cause: "deaf", since: 99 });
    list.settle();
    expect(ids()).toEqual([1, 3]);
  });
});
