/** The largest box of a picture in a thread, in pixels. */
const WIDEST = 320;
const HIGHEST = 352;

/** The box that a picture has in a thread before it is there, by the size that its sender says it has: never a sliver, whatever that is. */
export function pictureBox(width: number, height: number): { width: number; height: number } {
  const ratio = width > 0 && height > 0 ? Math.min(Math.max(width / height, 0.5), 2.5) : 4 / 3;
  const wide = Math.round(Math.min(WIDEST, HIGHEST * ratio));
  return { width: wide, height: Math.round(wide / ratio) };
}
