/** The size of a file: "1.4 MB", at least "0.1 kB". */
export function fileSize(bytes: number, locale: string): string {
  const units = ["kilobyte", "megabyte", "gigabyte"] as const;
  let size = Math.max(bytes / 1000, 0.1);
  let at = 0;
  for (; size >= 1000 && at < units.length - 1; at++) size /= 1000;
  const unit = units[at] ?? "kilobyte";
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(
    size,
  );
}
