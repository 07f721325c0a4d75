import { problemOf } from "../api/problem";
import type { Problem, Proxy, ProxyOutcome, ProxyWish } from "../api/types";

/** What the connection settings ask of the engine. */
export interface ProxyCalls {
  get(device: number): Promise<Proxy>;
  save(device: number, wish: ProxyWish): Promise<ProxyOutcome>;
  remove(device: number): Promise<void>;
}

/** What the last press led to. */
export type ProxyResult =
  | { kind: "saved" | "removed" }
  | { kind: "trouble"; trouble: string; address: string }
  | { kind: "problem"; problem: Problem };

const DIRECT: Proxy = { scheme: "", host: "", port: 0, user: "", passwordSet: false };

/** The proxy of one device. */
export class DeviceProxy {
  /** The one in use; undefined until it was read. */
  saved = $state.raw<Proxy>();
  /** It could not be read. */
  failed = $state(false);
  busy = $state(false);
  result = $state.raw<ProxyResult>();

  #device: number;
  #calls: ProxyCalls;

  constructor(device: number, calls: ProxyCalls) {
    this.#device = device;
    this.#calls = calls;
  }

  async load(): Promise<void> {
    try {
      this.saved = await this.#calls.get(this.#device);
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /** Whether the saved password may be used for a proxy: it goes to no other server and to no other user. */
  keeps(wish: Omit<ProxyWish, "password" | "keepPassword">): boolean {
    const { saved } = this;
    return (
      saved?.passwordSet === true &&
      saved.scheme === wish.scheme &&
      saved.host === wish.host &&
      saved.port === wish.port &&
      saved.user === wish.user
    );
  }

  async save(wish: ProxyWish): Promise<void> {
    await this.#do(async () => {
      const outcome = await this.#calls.save(this.#device, wish);
      this.saved = outcome.proxy;
      return outcome.saved
        ? { kind: "saved" }
        : { kind: "trouble", trouble: outcome.trouble, address: `${wish.host}:${wish.port}` };
    });
  }

  async remove(): Promise<void> {
    await this.#do(async () => {
      await this.#calls.remove(this.#device);
      this.saved = DIRECT;
      return { kind: "removed" };
    });
  }

  async #do(work: () => Promise<ProxyResult>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.result = undefined;
    try {
      this.result = await work();
    } catch (error) {
      this.result = { kind: "problem", problem: problemOf(error) };
    } finally {
      this.busy = false;
    }
  }
}
