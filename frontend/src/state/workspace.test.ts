import { describe, expect, it } from "vitest";
import type { Change, Subaccount } from "../api/types";
import { carrierName } from "../lib/deviceWords";
import { sampleDevice, sampleSubaccount } from "../test/samples";
import { Workspace } from "./workspace.svelte";

const subaccount = (id: number, position = id): Subaccount =>
  sampleSubaccount({
    id,
    name: `Client ${id}`,
    initials: `C${id}`,
    colour: "teal",
    position,
  });
const change = (topic: string, id: number, value: unknown): Change => ({ topic, id, gone: value === null, value });

function filled(): Workspace {
  const workspace = new Workspace();
  workspace.load({
    subaccounts: [subaccount(2, 1), subaccount(1, 0)],
    devices: [
      sampleDevice({ id: 3, subaccount: 1, slot: 0 }),
      sampleDevice({ id: 2, subaccount: 1, slot: 2 }),
      sampleDevice({ id: 1, subaccount: 1, slot: 1 }),
      sampleDevice({ id: 4, subaccount: 2, slot: 1 }),
    ],
    removed: [{ id: 9, subaccount: 2, slot: 2, label: "Old desk" }],
    unread: [{ subaccount: 1, messages: 3, conversations: 2 }],
  });
  return workspace;
}

describe("the workspace", () => {
  it("orders subaccounts as the rail does, and devices by slot, the unlinked last", () => {
    const workspace = filled();
    expect(workspace.subaccounts.map(({ id }) => id)).toEqual([1, 2]);
    expect(workspace.devicesOf(1).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(workspace.devicesOf(0)).toHaveLength(4);
  });

  it("remembers what a device that goes is called, where messages may name it", () => {
    const workspace = filled();
    workspace.apply([change("device", 2, null), change("device", 3, null)]);
    const called = (id: number) => carrierName(id, workspace.devices, workspace.removed);
    expect(called(1)).toBe("Reception ·1");
    expect(called(2)).toBe("Reception ·2 (removed)");
    expect(called(9)).toBe("Old desk ·2 (removed)");
    expect(called(3)).toBe(""); // it was never linked and carried nothing
  });

  it("follows what is new, different and gone, told twice too", () => {
    const workspace = filled();
    const told = [
      change("subaccount", 1, { ...subaccount(1, 0), name: "Renamed" }),
      change("device", 9, sampleDevice({ id: 9, subaccount: 2, slot: 2, label: "New" })),
      change("device", 4, null),
      change("unread", 2, { subaccount: 2, messages: 4, conversations: 1 }),
      change("unread", 1, null),
    ];
    workspace.apply(told);
    workspace.apply(told);
    expect(workspace.subaccount(1)?.name).toBe("Renamed");
    expect(workspace.devicesOf(2).map(({ label }) => label)).toEqual(["New"]);
    expect([workspace.unreadOf(0), workspace.unreadOf(1), workspace.unreadOf(2)]).toEqual([4, 0, 4]);
  });

  it("forgets what a new snapshot does not hold", () => {
    const workspace = filled();
    workspace.load({ subaccounts: [subaccount(1)], devices: [], removed: [], unread: [] });
    expect(workspace.subaccounts).toHaveLength(1);
    expect(workspace.devices).toHaveLength(0);
    expect(workspace.unreadOf(0)).toBe(0);
  });

  it("calls a device by its slot only where its subaccount has others", () => {
    const workspace = filled();
    const [first] = workspace.devicesOf(1);
    const [alone] = workspace.devicesOf(2);
    expect(first && workspace.slotOf(first)).toBe(1);
    expect(alone && workspace.slotOf(alone)).toBe(0);
  });

  it("goes round to the next subaccount with unread messages", () => {
    const workspace = new Workspace();
    workspace.load({
      subaccounts: [subaccount(1), subaccount(2), subaccount(3)],
      devices: [],
      removed: [],
      unread: [
        { subaccount: 1, messages: 1, conversations: 1 },
        { subaccount: 3, messages: 1, conversations: 1 },
      ],
    });
    expect(workspace.nextUnread(1, 1)).toBe(3);
    expect(workspace.nextUnread(3, 1)).toBe(1);
    expect(workspace.nextUnread(0, 1)).toBe(1);
    expect(workspace.nextUnread(0, -1)).toBe(3);
    workspace.apply([change("unread", 1, null), change("unread", 3, null)]);
    expect(workspace.nextUnread(2, 1)).toBeUndefined();
  });
});
