import { problemOf } from "../api/problem";
import type { BulkAction, BulkOutcome, Problem } from "../api/types";

/** The call that does the same to several devices. */
export interface TogetherCalls {
  together(action: BulkAction, devices: readonly number[]): Promise<BulkOutcome[]>;
}

/** What became of several devices. */
export interface Summary {
  action: BulkAction;
  /** Those it was done to. */
  done: readonly number[];
  refused: readonly { device: number; problem: Problem }[];
}

/** Doing the same to several devices at once. */
export class Together {
  busy = $state(false);
  /** What became of the last ones; null when it was read or nothing was done yet. */
  summary = $state.raw<Summary | null>(null);
  /** Why nothing could be done at all. */
  problem = $state.raw<Problem | null>(null);

  #calls: TogetherCalls;

  constructor(calls: TogetherCalls) {
    this.#calls = calls;
  }

  /** Does it. Answers what became of each, null when the engine could not be asked. */
  async act(action: BulkAction, devices: readonly number[]): Promise<Summary | null> {
    if (this.busy || devices.length === 0) return null;
    this.busy = true;
    this.problem = null;
    try {
      const outcomes = await this.#calls.together(action, devices);
      const refused = outcomes.flatMap(({ device, problem }) => (problem === null ? [] : [{ device, problem }]));
      const done = outcomes.filter(({ problem }) => problem === null).map(({ device }) => device);
      return (this.summary = { action, done, refused });
    } catch (error) {
      this.problem = problemOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** What became of them was read. */
  forget(): void {
    this.summary = null;
    this.problem = null;
  }
}
