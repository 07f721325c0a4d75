import type { Change, Device, RemovedDevice, Snapshot, Subaccount, Unread } from "../api/types";
import { upsert, without } from "../lib/ordered";

function byPosition(a: Subaccount, b: Subaccount): number {
  return a.position - b.position || a.id - b.id;
}

/** Within a subaccount by slot; devices that were never linked come last. */
function bySlot(a: Device, b: Device): number {
  return a.subaccount - b.subaccount || last(a.slot) - last(b.slot) || a.id - b.id;
}

function last(slot: number): number {
  return slot === 0 ? Number.MAX_SAFE_INTEGER : slot;
}

/** What the rail and the fleet show: subaccounts, their devices, and how much is unread. */
export class Workspace {
  /** In the rail's order. */
  subaccounts = $state.raw<readonly Subaccount[]>([]);
  devices = $state.raw<readonly Device[]>([]);
  /** Those that were removed, which conversations may still name. */
  removed = $state.raw<readonly RemovedDevice[]>([]);
  /** By subaccount. */
  unread = $state.raw<ReadonlyMap<number, Unread>>(new Map());

  /** Begins anew from a snapshot. */
  load(snapshot: Pick<Snapshot, "subaccounts" | "devices" | "removed" | "unread">): void {
    this.subaccounts = snapshot.subaccounts.toSorted(byPosition);
    this.devices = snapshot.devices.toSorted(bySlot);
    this.removed = snapshot.removed;
    this.unread = new Map(snapshot.unread.map((unread) => [unread.subaccount, unread]));
  }

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.topic === "subaccount") this.#subaccount(change);
      else if (change.topic === "device") this.#device(change);
      else if (change.topic === "unread") this.#unread(change);
    }
  }

  subaccount(id: number): Subaccount | undefined {
    return this.subaccounts.find((subaccount) => subaccount.id === id);
  }

  /** The disk did not take what arrived for a device: that is true of all of them, as soon as something arrives. */
  get diskRefuses(): boolean {
    return this.devices.some((device) => device.cause === "storage_failed");
  }

  device(id: number): Device | undefined {
    return this.devices.find((device) => device.id === id);
  }

  /** The devices of a subaccount; of all with 0. */
  devicesOf(subaccount: number): readonly Device[] {
    return subaccount === 0 ? this.devices : this.devices.filter((device) => device.subaccount === subaccount);
  }

  /** How many messages of a subaccount are unread; of all with 0. */
  unreadOf(subaccount: number): number {
    if (subaccount !== 0) return this.unread.get(subaccount)?.messages ?? 0;
    let sum = 0;
    for (const { messages } of this.unread.values()) sum += messages;
    return sum;
  }

  /** Whether a device is called by its slot too: only where its subaccount has others to tell it from. */
  slotOf(device: Device): number {
    return this.devices.some((other) => other.subaccount === device.subaccount && other.id !== device.id)
      ? device.slot
      : 0;
  }

  /** The next subaccount after one, going round, that has unread messages; undefined when none has. */
  nextUnread(subaccount: number, step: 1 | -1): number | undefined {
    const { subaccounts } = this;
    const at = subaccounts.findIndex((other) => other.id === subaccount);
    const from = at < 0 && step < 0 ? subaccounts.length : at;
    for (let n = 1; n <= subaccounts.length; n++) {
      const index = (from + step * n + 2 * subaccounts.length) % subaccounts.length;
      const candidate = subaccounts[index];
      if (candidate !== undefined && candidate.id !== subaccount && this.unreadOf(candidate.id) > 0)
        return candidate.id;
    }
    return undefined;
  }

  #subaccount(change: Change): void {
    this.subaccounts = change.gone
      ? without(this.subaccounts, change.id)
      : upsert(this.subaccounts, change.value as Subaccount, byPosition);
  }

  #device(change: Change): void {
    const leaves = change.gone ? this.device(change.id) : undefined;
    if (leaves !== undefined && leaves.slot > 0) {
      const { id, subaccount, slot, label } = leaves;
      this.removed = [...this.removed, { id, subaccount, slot, label }];
    }
    this.devices = change.gone
      ? without(this.devices, change.id)
      : upsert(this.devices, change.value as Device, bySlot);
  }

  #unread(change: Change): void {
    const unread = new Map(this.unread);
    if (change.gone) unread.delete(change.id);
    else unread.set((change.value as Unread).subaccount, change.value as Unread);
    this.unread = unread;
  }
}
