/** The quiet zone around a QR code, in modules, as the standard asks for. */
export const QUIET_ZONE = 4;

/**
 * The dark modules of a QR code as an SVG path, one unit per module. `bits` holds size × size characters row by row, "1"
 * is dark. An empty path when the two do not fit together.
 */
export function qrPath(size: number, bits: string): string {
  if (size <= 0 || bits.length !== size * size) return "";
  let path = "";
  for (let y = 0; y < size; y++) {
    const row = bits.slice(y * size, (y + 1) * size);
    for (const run of row.matchAll(/1+/g)) {
      path += `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`;
    }
  }
  return path;
}
