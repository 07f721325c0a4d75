import { problemOf } from "../api/problem";
import type { Problem, StateChange } from "../api/types";

/** How many changes are shown at first. */
const FIRST = 20;
/** How many are shown when all are asked for. */
const ALL = 1000;

/** What the history asks of the engine. */
export interface HistoryCalls {
  history(device: number, limit: number): Promise<StateChange[]>;
}

/** How a device's status changed, newest first. */
export class DeviceHistory {
  readonly device: number;
  changes = $state.raw<readonly StateChange[]>([]);
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** There are older changes than those shown. */
  more = $state(false);

  #calls: HistoryCalls;
  #limit = FIRST;
  #load = 0;

  constructor(device: number, calls: HistoryCalls) {
    this.device = device;
    this.#calls = calls;
  }

  /** Reads it, or reads it again after the device's status changed. */
  async load(): Promise<void> {
    const load = ++this.#load;
    try {
      // One more than is shown tells whether there are older ones.
      const changes = await this.#calls.history(this.device, this.#limit + 1);
      if (load !== this.#load) return;
      this.more = changes.length > this.#limit;
      this.changes = changes.slice(0, this.#limit);
      this.status = "ready";
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }

  /** Shows the older ones too. */
  async showAll(): Promise<void> {
    this.#limit = ALL;
    await this.load();
  }
}
