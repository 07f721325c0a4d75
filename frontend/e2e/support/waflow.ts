import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { waflowBinary } from "./paths";
import { Program } from "./program";
import type { Simulator } from "./simulator";

interface Ready {
  url: string;
  token: string;
}

/** `waflow serve` with a workspace of its own, pointed at a simulator. */
export class Waflow {
  readonly home: string;
  #args: readonly string[];
  #program: Program<Ready>;

  private constructor(home: string, args: readonly string[], program: Program<Ready>) {
    this.home = home;
    this.#args = args;
    this.#program = program;
  }

  /** Starts over an empty workspace. */
  static async start(simulator: Simulator): Promise<Waflow> {
    const at = ["--whatsapp-endpoint", simulator.endpoint, "--whatsapp-root-key", simulator.rootKey];
    return Waflow.#begin(["serve", "--json", ...at]);
  }

  /** Starts the demo workspace with the simulator inside. */
  static async demo(): Promise<Waflow> {
    return Waflow.#begin(["serve", "--json", "--demo"]);
  }

  static async #begin(args: readonly string[]): Promise<Waflow> {
    const home = await mkdtemp(join(tmpdir(), "waflow-e2e-"));
    return new Waflow(home, args, await Program.start<Ready>(waflowBinary(), args, environment(home)));
  }

  /** The address to open first: it brings the token. */
  get address(): string {
    const { url, token } = this.#program.ready;
    return `${url}?token=${token}`;
  }

  /** What it logged. */
  get log(): string {
    return this.#program.errors;
  }

  /** Ends it and starts it again over the same workspace. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#program.stop(signal);
    this.#program = await Program.start<Ready>(waflowBinary(), this.#args, environment(this.home));
  }

  /** Ends it and removes its workspace. */
  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

// Nothing of this machine's user is read or written.
function environment(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_STATE_HOME: join(home, "state"),
    LANG: "en_US.UTF-8",
  };
}
