import type { Device } from "../api/types";
import { counts, EVERYTHING, passes, toggled, type Facet, type FleetFilter } from "../lib/fleetFilter";
import { groupedRows, plainRows, worstFirst, type FleetRow } from "../lib/fleetRows";
import { chosen, extend, NOTHING, toggle, toggleAll, type Selection } from "../lib/selection";
import type { Workspace } from "./workspace.svelte";

/** How long the pointer has to be still before rows change places, in milliseconds. */
export const SETTLE_MS = 2000;

/** The rows of the fleet: whose, which of them, in which order, and which are chosen to be acted on together. */
export class FleetList {
  /** Whose devices; 0 is everybody's. */
  subaccount = $state(0);
  order = $state<"worst" | "subaccount">("worst");
  filter = $state.raw<FleetFilter>(EVERYTHING);
  /** The subaccount one of whose devices is being moved to another priority; 0: none. */
  moving = $state(0);

  /** The device whose row had the focus last; 0: none. */
  focused = $state(0);
  /** How far the rows are scrolled, in pixels. */
  offset = 0;

  /** All of them, before anything is filtered. */
  readonly devices: readonly Device[] = $derived.by(() => this.#workspace.devicesOf(this.subaccount));
  /** They stand in groups, one for each subaccount. */
  readonly grouped: boolean = $derived(this.order === "subaccount" && this.subaccount === 0);
  readonly rows: readonly FleetRow<Device>[] = $derived.by(() => this.#rows());
  /** The devices shown, in their order. */
  readonly shown: readonly Device[] = $derived(this.rows.flatMap((row) => (row.kind === "device" ? [row.device] : [])));
  /** The devices chosen that are shown. */
  readonly chosen: readonly number[] = $derived.by(() => chosen(this.#selection, this.#ids));
  /** Something is left out. */
  readonly narrowed: boolean = $derived.by(() => {
    const { statuses, subaccounts, purposes, text } = this.filter;
    return statuses.size + subaccounts.size + purposes.size > 0 || text.trim() !== "";
  });
  /** A new order waits until nobody points at the rows. */
  readonly waiting: boolean = $derived.by(() => this.#held !== null && this.#outOfPlace());

  #workspace: Workspace;
  #selection = $state.raw<Selection>(NOTHING);
  readonly #ids: readonly number[] = $derived(this.shown.map((device) => device.id));
  // The order while somebody points at the rows, so that none moves away under the pointer.
  #held = $state.raw<ReadonlyMap<number, number> | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Lets a value of a facet through, or no longer. */
  toggle(facet: "subaccounts", value: number): void;
  toggle(facet: "statuses" | "purposes", value: string): void;
  toggle(facet: Facet, value: string | number): void {
    this.filter = { ...this.filter, [facet]: toggled<string | number>(this.filter[facet], value) };
  }

  /** Shows only what a text is found in. */
  search(text: string): void {
    this.filter = { ...this.filter, text };
  }

  /** Shows everything again. */
  showAll(): void {
    this.filter = EVERYTHING;
  }

  /** How many devices a value of a facet stands for, given the rest of the filter. */
  counts(facet: Facet): ReadonlyMap<string | number, number> {
    return counts(this.devices, (device) => this.#owner(device.subaccount), this.filter, facet);
  }

  isChosen(device: number): boolean {
    return this.#selection.ids.has(device);
  }

  /** Chooses a device or lets it go; with `range` everything from the one chosen last. */
  choose(device: number, range: boolean): void {
    this.#selection = range ? extend(this.#selection, device, this.#ids) : toggle(this.#selection, device);
  }

  /** Chooses everything shown, or lets everything go. */
  chooseAll(): void {
    this.#selection = toggleAll(this.#selection, this.#ids);
  }

  chooseNone(): void {
    this.#selection = NOTHING;
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

  #owner(subaccount: number): string {
    return this.#workspace.subaccount(subaccount)?.name ?? "";
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

  // Groups go by what people chose, which does not change by itself.
  #outOfPlace(): boolean {
    if (this.grouped) return false;
    const sorted = this.#sorted();
    return this.#placed().some((device, index) => device.id !== sorted[index]?.id);
  }

  #rows(): FleetRow<Device>[] {
    const through = this.#placed().filter((device) => passes(device, this.#owner(device.subaccount), this.filter));
    if (!this.grouped) return plainRows(through);
    return groupedRows(
      through,
      this.#workspace.subaccounts.map(({ id }) => id),
      this.moving,
    );
  }
}
