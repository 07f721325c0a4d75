/** What is looked at of a device when a list of them is narrowed. */
export interface Narrowed {
  subaccount: number;
  status: string;
  purpose: string;
  label: string;
  slot: number;
  /** Formatted internationally, "" until linked. */
  number: string;
  /** Business or push name. */
  name: string;
}

/** What a list of devices is narrowed to. A part that is empty lets everything through; all parts have to agree. */
export interface FleetFilter {
  statuses: ReadonlySet<string>;
  subaccounts: ReadonlySet<number>;
  purposes: ReadonlySet<string>;
  text: string;
}

/** The parts of which several values can be chosen. */
export type Facet = "statuses" | "subaccounts" | "purposes";

/** A filter that lets everything through. */
export const EVERYTHING: FleetFilter = {
  statuses: new Set(),
  subaccounts: new Set(),
  purposes: new Set(),
  text: "",
};

/** Text as it is compared: without case, accents and the marks that only place other characters. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{Mn}\p{Cf}]/gu, "")
    .toLocaleLowerCase();
}

function value(device: Narrowed, facet: Facet): string | number {
  if (facet === "statuses") return device.status;
  return facet === "subaccounts" ? device.subaccount : device.purpose;
}

// Every word has to be found, anywhere; a number is also found by its digits alone.
function says(device: Narrowed, owner: string, text: string): boolean {
  const slot = device.slot > 0 ? `·${device.slot}` : "";
  const digits = device.number.replace(/\D/g, "");
  const hay = plain([device.label, slot, device.number, digits, device.name, owner].join("\n"));
  return plain(text)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/** Whether a device gets through. `owner` is its subaccount's name; `but` is a facet that is not looked at. */
export function passes(device: Narrowed, owner: string, filter: FleetFilter, but?: Facet): boolean {
  for (const facet of ["statuses", "subaccounts", "purposes"] as const) {
    const chosen: ReadonlySet<string | number> = filter[facet];
    if (facet !== but && chosen.size > 0 && !chosen.has(value(device, facet))) return false;
  }
  return says(device, owner, filter.text);
}

/** How many devices each value of a facet stands for, given what is chosen in the others. */
export function counts(
  devices: readonly Narrowed[],
  ownerOf: (device: Narrowed) => string,
  filter: FleetFilter,
  facet: Facet,
): ReadonlyMap<string | number, number> {
  const out = new Map<string | number, number>();
  for (const device of devices) {
    if (!passes(device, ownerOf(device), filter, facet)) continue;
    const of = value(device, facet);
    out.set(of, (out.get(of) ?? 0) + 1);
  }
  return out;
}

/** A set with a value more, or without it when it was there. */
export function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const out = new Set(set);
  if (!out.delete(value)) out.add(value);
  return out;
}
