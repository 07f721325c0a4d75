import { problemOf } from "../api/problem";
import type { CleanRule, Cleanup, Problem, StorageUse } from "../api/types";

/** What it asks of the engine. */
export interface StorageCalls {
  use(): Promise<StorageUse>;
  try(subaccount: number, rule: CleanRule): Promise<Cleanup>;
  clear(subaccount: number, rule: CleanRule): Promise<Cleanup>;
  setRule(subaccount: number, rule: CleanRule): Promise<void>;
}

/** What the workspace takes on its disk, and the clean-up of files. */
export class Storage {
  use = $state.raw<StorageUse | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The dialog is open. */
  open = $state(false);
  /** Whose files go; 0 is everybody's. */
  subaccount = $state(0);
  rule = $state.raw<CleanRule>({ days: 365, bytes: 0 });
  /** What would go by that; null while nobody knows. */
  outlook = $state.raw<Cleanup | null>(null);
  /** What went; null before. */
  gone = $state.raw<Cleanup | null>(null);
  busy = $state(false);

  #calls: StorageCalls;
  // Each question has a number, so that the answer to an earlier one is dropped.
  #asked = 0;

  constructor(calls: StorageCalls) {
    this.#calls = calls;
  }

  /** Measures again. */
  async load(): Promise<void> {
    await this.#attempt(async () => {
      this.use = await this.#calls.use();
    });
  }

  /** Has the files of a subaccount cleaned up each day, or no more. */
  async setRule(subaccount: number, rule: CleanRule): Promise<void> {
    await this.#attempt(() => this.#calls.setRule(subaccount, rule));
    await this.load();
  }

  /** Opens the clean-up. */
  async begin(): Promise<void> {
    this.open = true;
    await this.look({});
  }

  /** Closes it. */
  close(): void {
    this.open = false;
  }

  /** Changes what is to go, and asks what that would be. */
  async look(wish: { subaccount?: number; rule?: CleanRule }): Promise<void> {
    const asked = ++this.#asked;
    this.subaccount = wish.subaccount ?? this.subaccount;
    this.rule = wish.rule ?? this.rule;
    this.outlook = null;
    this.gone = null;
    await this.#attempt(async () => {
      const outlook = await this.#calls.try(this.subaccount, this.rule);
      if (asked === this.#asked) this.outlook = outlook;
    });
  }

  /** Removes it. */
  async clear(): Promise<void> {
    if (this.busy || this.outlook === null) return;
    this.busy = true;
    await this.#attempt(async () => {
      this.gone = await this.#calls.clear(this.subaccount, this.rule);
      this.outlook = null;
    });
    this.busy = false;
    if (this.gone !== null) await this.load();
  }

  async #attempt(call: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await call();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }
}
