import type { Listener, Transport } from "../api/transport";
import type { AppInfo, Change, Snapshot } from "../api/types";
import { CallError } from "../api/problem";
import { sampleSettings } from "./samples";

/** An engine's end of a connection, moved by a test: what it answers, and what it tells. */
export class EngineEnd implements Transport {
  /** What calls are answered, by method; one that is missing is refused. */
  answers: Record<string, (...args: never[]) => unknown>;
  /** Every call, as it came. */
  calls: [string, readonly unknown[]][] = [];
  snapshot: Snapshot = {
    seq: 1,
    subaccounts: [],
    devices: [],
    removed: [],
    unread: [],
    settings: sampleSettings(),
    rest: { sleeps: [], late: [], waits: 0, awake: "off" },
    pairings: [],
    notices: [],
    noticesRead: 0,
    history: [],
  };
  #listener: Listener | undefined;

  constructor(info: Partial<AppInfo> = {}, snapshot: Partial<Snapshot> = {}) {
    this.snapshot = { ...this.snapshot, ...snapshot };
    this.answers = {
      "App.Info": () => ({
        version: "0.1.0",
        mode: "serve",
        demo: false,
        simulated: false,
        dataDir: "/data",
        platform: "linux",
        problem: null,
        clockWrong: false,
        players: "",
        backups: [],
        ...info,
      }),
      "App.Snapshot": () => this.snapshot,
    };
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.calls.push([method, args]);
    const answer = this.answers[method];
    if (answer === undefined) throw new CallError({ code: "not_found", message: method, detail: {}, action: "" });
    return answer(...(args as never[]));
  }

  listen(listener: Listener): () => void {
    this.#listener = listener;
    listener.connected();
    return () => (this.#listener = undefined);
  }

  /** Whether somebody listens. */
  get heard(): boolean {
    return this.#listener !== undefined;
  }

  /** The connection breaks, or comes back. */
  lose(): void {
    this.#listener?.lost();
  }

  return(): void {
    this.#listener?.connected();
  }

  /** Tells changes. */
  tell(...changes: Change[]): void {
    const first = this.snapshot.seq;
    this.snapshot = { ...this.snapshot, seq: first + 1 };
    this.#listener?.batch({ first, seq: first + 1, changes, reset: false });
  }
}

/** A page's address and history, without a page. */
export function blankHistory() {
  return {
    location: { hash: "" },
    history: { pushState: () => undefined, replaceState: () => undefined, back: () => undefined },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
}
