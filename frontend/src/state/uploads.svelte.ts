import type { Change, Upload } from "../api/types";

/** How far the files of messages are that are being sent, in percent, by the messages' ids. */
export class Uploads {
  of = $state.raw<ReadonlyMap<number, number>>(new Map());

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    const told = changes.filter(({ topic }) => topic === "upload");
    if (told.length === 0) return;
    const of = new Map(this.of);
    for (const { id, gone, value } of told) {
      const { sent, size } = (value ?? { sent: 0, size: 0 }) as Upload;
      if (gone || size === 0) of.delete(id);
      else of.set(id, Math.floor((sent / size) * 100));
    }
    this.of = of;
  }
}
