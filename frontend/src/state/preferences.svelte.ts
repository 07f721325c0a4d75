import { problemOf } from "../api/problem";
import type { Change, Problem, Settings } from "../api/types";

/** What preferences ask of the engine. */
export interface SettingsCalls {
  set(settings: Settings): Promise<Settings>;
}

/** The workspace's own choices, saved as soon as they change. */
export class Preferences {
  current = $state.raw<Settings>({
    theme: "system",
    language: "",
    notifyOfflineAfterMs: 30_000,
    readReceipts: true,
    notify: "",
    quiet: { on: false, from: 1320, to: 420, attention: false },
    notifyPausedUntil: 0,
    notifySound: false,
    keepAwake: false,
    undoMs: 5000,
    closeQuits: false,
  });
  /** Why the last change was not saved; what was saved before is shown again. */
  problem = $state.raw<Problem | null>(null);

  #calls: SettingsCalls;
  // Each change has a number, so that only the answer to the last one counts.
  #change = 0;

  constructor(calls: SettingsCalls) {
    this.#calls = calls;
  }

  load(settings: Settings): void {
    this.current = settings;
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) if (change.topic === "settings") this.current = change.value as Settings;
  }

  /** Changes a part and saves it. It shows at once and goes back when it cannot be saved. */
  async change(part: Partial<Settings>): Promise<void> {
    const before = this.current;
    const change = ++this.#change;
    this.current = { ...before, ...part };
    this.problem = null;
    try {
      const saved = await this.#calls.set(this.current);
      if (change === this.#change) this.current = saved;
    } catch (error) {
      if (change !== this.#change) return;
      this.current = before;
      this.problem = problemOf(error);
    }
  }
}
