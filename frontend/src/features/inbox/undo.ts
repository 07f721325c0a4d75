import type { Waits } from "../../state/waits.svelte";

/** That a message was sent a moment ago and can be taken back. */
export interface Undo {
  /** When it goes; undefined where the countdown stands under a later message. */
  until: number | undefined;
}

/** Whether a message can be taken back; of several the last one has the countdown. */
export function undoOf(waits: Waits, message: number): Undo | undefined {
  const waiting = waits.of.get(message);
  if (waiting?.hold !== "undo") return undefined;
  return { until: waits.undo?.message === message ? waiting.until : undefined };
}
