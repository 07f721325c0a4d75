import { problemOf } from "../api/problem";
import type { Problem, Refuge, Startup } from "../api/types";

/** What the state of the desktop asks of the engine. */
export interface DesktopCalls {
  refuge(): Promise<Refuge>;
  startup(): Promise<Startup>;
  setStartup(on: boolean): Promise<Startup>;
  quit(): Promise<void>;
}

/** The desktop around the window, as it was when it was last read. */
export class Desktop {
  /** undefined until it was read. */
  refuge = $state.raw<Refuge>();
  /** undefined until it was read, and while it is not known. */
  startup = $state.raw<Startup>();
  /** A change is on its way. */
  busy = $state(false);
  /** Why the system was not read, or why a change was refused. */
  problem = $state.raw<Problem | null>(null);

  #calls: DesktopCalls;

  constructor(calls: DesktopCalls) {
    this.#calls = calls;
  }

  /** Reads what the system holds now: people change it in the system's own settings too. */
  async load(): Promise<void> {
    try {
      this.refuge = await this.#calls.refuge();
      this.startup = await this.#calls.startup();
      this.problem = null;
    } catch (error) {
      this.startup = undefined;
      this.problem = problemOf(error);
    }
  }

  /** Has Waflow start with the system, or no longer. It shows at once and goes back when it is refused. */
  async start(on: boolean): Promise<void> {
    if (this.busy) return;
    const before = this.startup;
    this.busy = true;
    this.startup = on ? "on" : "off";
    try {
      this.startup = await this.#calls.setStartup(on);
      this.problem = null;
    } catch (error) {
      this.startup = before;
      this.problem = problemOf(error);
    }
    this.busy = false;
  }

  async quit(): Promise<void> {
    try {
      await this.#calls.quit();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }
}
