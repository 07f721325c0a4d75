import type { Change, HistoryProgress, Problem } from "../api/types";
import { problemOf } from "../api/problem";

/** What is asked of the engine. */
export interface PastCalls {
  again(device: number): Promise<unknown>;
}

/** How far what the phones hand over of the time before they were linked is here. */
export class Pasts {
  /** By device; those are missing whose phone has handed over nothing. */
  progress = $state.raw<ReadonlyMap<number, HistoryProgress>>(new Map());
  /** Why trying again was refused, with the device. */
  refusal = $state.raw<{ device: number; problem: Problem } | null>(null);

  #calls: PastCalls;

  constructor(calls: PastCalls) {
    this.#calls = calls;
  }

  /** Begins anew from a snapshot. */
  load(history: readonly HistoryProgress[]): void {
    this.progress = new Map(history.map((progress) => [progress.device, progress]));
  }

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    const told = changes.filter(({ topic }) => topic === "history");
    if (told.length === 0) return;
    const progress = new Map(this.progress);
    for (const { id, value } of told) progress.set(id, value as HistoryProgress);
    this.progress = progress;
  }

  /** Those that are on their way for a subaccount; for all with 0. */
  underWay(subaccount: number): readonly HistoryProgress[] {
    return [...this.progress.values()].filter(
      ({ done, waiting, refused, subaccount: own }) =>
        !done && (waiting > 0 || refused === 0) && (subaccount === 0 || own === subaccount),
    );
  }

  /** Tries again what a device could not keep. */
  async again(device: number): Promise<void> {
    this.refusal = null;
    try {
      await this.#calls.again(device);
    } catch (error) {
      this.refusal = { device, problem: problemOf(error) };
    }
  }
}
