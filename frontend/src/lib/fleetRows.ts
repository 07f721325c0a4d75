import { severity } from "./status";

/** The priorities, highest first. */
export const PRIORITIES = ["high", "medium", "low"] as const;

export type PriorityName = (typeof PRIORITIES)[number];

/** What the order of devices is made from. */
export interface Placed {
  id: number;
  subaccount: number;
  slot: number;
  status: string;
  priority: string;
  /** Since when it has its status, in milliseconds since 1970. */
  since: number;
}

/** A line of the fleet: a device, a subaccount over its devices, or a priority over those that have it. */
export type FleetRow<T> =
  | { kind: "device"; key: string; device: T }
  | { kind: "subaccount"; key: string; subaccount: number; devices: readonly T[] }
  | { kind: "priority"; key: string; subaccount: number; priority: PriorityName; empty: boolean };

/** Worst first; of two equally bad the one that changed last. */
export function worstFirst(a: Placed, b: Placed): number {
  return severity(a.status) - severity(b.status) || b.since - a.since || a.id - b.id;
}

/** The place of a priority; one that is not known comes last. */
export function rank(priority: string): number {
  const at = (PRIORITIES as readonly string[]).indexOf(priority);
  return at < 0 ? PRIORITIES.length - 1 : at;
}

/** As they send when nothing else decides: by priority, then the lower slot; what was never linked comes last. */
export function byPriority(a: Placed, b: Placed): number {
  const slot = (one: Placed) => one.slot || Number.MAX_SAFE_INTEGER;
  return rank(a.priority) - rank(b.priority) || slot(a) - slot(b) || a.id - b.id;
}

/** The lines of devices that stand as they come. */
export function plainRows<T extends Placed>(devices: readonly T[]): FleetRow<T>[] {
  return devices.map((device) => ({ kind: "device", key: `d${device.id}`, device }));
}

/**
 * The lines by subaccount, in the order of `subaccounts`, without the empty ones. Where a subaccount has several devices, its priorities stand over
 * them; of the one whose device is being moved (`moving`), also those that nobody has.
 */
export function groupedRows<T extends Placed>(
  devices: readonly T[],
  subaccounts: readonly number[],
  moving: number,
): FleetRow<T>[] {
  return subaccounts.flatMap((subaccount) => {
    const own = devices.filter((device) => device.subaccount === subaccount).toSorted(byPriority);
    if (own.length === 0) return [];
    const head: FleetRow<T> = { kind: "subaccount", key: `s${subaccount}`, subaccount, devices: own };
    if (own.length === 1) return [head, ...plainRows(own)];
    const zones = PRIORITIES.flatMap((priority, at): FleetRow<T>[] => {
      const those = own.filter((device) => rank(device.priority) === at);
      if (those.length === 0 && subaccount !== moving) return [];
      const key = `p${subaccount}-${priority}`;
      return [{ kind: "priority", key, subaccount, priority, empty: those.length === 0 }, ...plainRows(those)];
    });
    return [head, ...zones];
  });
}
