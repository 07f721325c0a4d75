/** A device by its label and, once it has one, its slot: "Reception ·1". */
export function withSlot({ label, slot }: { label: string; slot: number }): string {
  return slot > 0 ? `${label} ·${slot}` : label;
}
