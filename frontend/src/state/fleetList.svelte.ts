import type { Device } from "../api/types";
import { severity } from "../lib/status";
import type { Workspace } from "./workspace.svelte";

/** How long the pointer has to be still before rows change places, in milliseconds. */
export const SETTLE_MS = 2000;

/** Some rows of the fleet under one head, or without one. */
export interface FleetGroup {
  /** 0 when the rows are not grouped. */
  subaccount: number;
  devices: readonly Device[];
}

/** Worst first; of two equally bad the one that changed last. */
function worstFirst(a: Device, b: Device): number {
  return severity(a.status) - severity(b.status) || b.since - a.since || a.id - b.id;
}

/** The rows of the fleet: whose, which statuses, in which order. */
export class FleetList {
  /** Whose devices; 0 is everybody's. */
  subaccount = $state(0);
  order = $state<"worst" | "subaccount">("worst");
  /** The statuses shown; all when none is chosen. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());

  readonly devices: readonly Device[] = $derived.by(() => this.#workspace.devicesOf(this.subaccount));
  readonly groups: readonly FleetGroup[] = $derived.by(() => this.#groups());
  /** A new order waits until nobody points at the rows. */
  readonly waiting: boolean = $derived.by(() => this.#held !== null && this.#outOfPlace());

  #workspace: Workspace;
  // The order while somebody points at the rows, so that none moves away under the pointer.
  #held = $state.raw<ReadonlyMap<number, number> | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Shows or hides the devices with a status. */
  toggle(status: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(status)) chosen.add(status);
    this.chosen = chosen;
  }

  /** Shows every status again. */
  showAll(): void {
    this.chosen = new Set();
  }

  /** The pointer moved over the rows, or the focus came to them: they keep their places for now. */
  attend(): void {
    this.#held ??= new Map(this.#sorted().map((device, index) => [device.id, index]));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  /** Nobody points at the rows any more: they take their places. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#held = null;
  }

  #sorted(): Device[] {
    return this.devices.toSorted(worstFirst);
  }

  #placed(): Device[] {
    const held = this.#held;
    const sorted = this.#sorted();
    if (held === null) return sorted;
    const place = (device: Device) => held.get(device.id) ?? Number.MAX_SAFE_INTEGER;
    return sorted.sort((a, b) => place(a) - place(b) || worstFirst(a, b));
  }

  #outOfPlace(): boolean {
    const sorted = this.#sorted();
    return this.#placed().some((device, index) => device.id !== sorted[index]?.id);
  }

  #groups(): FleetGroup[] {
    const rows = this.#placed().filter((device) => this.chosen.size === 0 || this.chosen.has(device.status));
    if (this.order === "worst") return rows.length === 0 ? [] : [{ subaccount: 0, devices: rows }];
    return this.#workspace.subaccounts
      .map(({ id }) => ({ subaccount: id, devices: rows.filter((device) => device.subaccount === id) }))
      .filter((group) => group.devices.length > 0);
  }
}
