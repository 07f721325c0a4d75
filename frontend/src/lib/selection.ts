/** Which things of a list are chosen, and from which one a range goes on. */
export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** The one that was chosen last; 0: none. */
  readonly from: number;
}

/** Nothing is chosen. */
export const NOTHING: Selection = { ids: new Set(), from: 0 };

/** Chooses one, or lets it go. */
export function toggle(selection: Selection, id: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, from: id };
}

/** Chooses everything between the one chosen last and this one, in the order shown; only this one where there is none. */
export function extend(selection: Selection, id: number, shown: readonly number[]): Selection {
  const to = shown.indexOf(id);
  const from = shown.indexOf(selection.from);
  if (to < 0) return selection;
  if (from < 0) return { ids: new Set([...selection.ids, id]), from: id };
  const between = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...between]), from: id };
}

/** Chooses everything shown; lets everything go when it is chosen already. */
export function toggleAll(selection: Selection, shown: readonly number[]): Selection {
  return shown.every((id) => selection.ids.has(id)) ? NOTHING : { ids: new Set(shown), from: 0 };
}

/** The chosen ones that are still shown, in their order: what is hidden is not acted on. */
export function chosen(selection: Selection, shown: readonly number[]): number[] {
  return shown.filter((id) => selection.ids.has(id));
}
