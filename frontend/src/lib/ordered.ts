/** Says which of two comes first: negative when `a` does. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * Puts an item at its place in a sorted list, replacing the one with the same id. The list given stays as it is.
 */
export function upsert<T extends { id: number }>(list: readonly T[], item: T, compare: Compare<T>): T[] {
  const at = list.findIndex((other) => other.id === item.id);
  const present = at < 0 ? undefined : list[at];
  if (present !== undefined && compare(present, item) === 0) return list.with(at, item);
  const rest = at < 0 ? list.slice() : list.toSpliced(at, 1);
  rest.splice(place(rest, item, compare), 0, item);
  return rest;
}

/** The list without the item of this id; the same list when it holds none. */
export function without<T extends { id: number }>(list: readonly T[], id: number): readonly T[] {
  return list.some((item) => item.id === id) ? list.filter((item) => item.id !== id) : list;
}

/** Two sorted lists as one, each id once; what stands in `newer` wins. */
export function merge<T extends { id: number }>(older: readonly T[], newer: readonly T[], compare: Compare<T>): T[] {
  const ids = new Set(newer.map((item) => item.id));
  return [...older.filter((item) => !ids.has(item.id)), ...newer].sort(compare);
}

function place<T>(list: readonly T[], item: T, compare: Compare<T>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other !== undefined && compare(other, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
