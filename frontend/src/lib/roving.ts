/** Where the arrows lead in a list of `count` places: the new index, or undefined for a key that leads nowhere. */
export function arrowTarget(
  key: string,
  at: number,
  count: number,
  keys: { back: readonly string[]; on: readonly string[] },
): number | undefined {
  if (count === 0) return undefined;
  if (keys.back.includes(key)) return Math.max(0, at - 1);
  if (keys.on.includes(key)) return Math.min(count - 1, at + 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}
