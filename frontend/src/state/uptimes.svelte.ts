import type { Uptime } from "../api/types";

/** How long changes are waited for before the figures are asked for again, and how old they may get, in milliseconds. */
const SOON_MS = 1500;
const AGAIN_MS = 5 * 60_000;

/** What the figures ask of the engine. */
export interface UptimeCalls {
  fleet(days: number): Promise<Uptime[]>;
}

/** How much of the last days each device was up, kept current while somebody looks. */
export class Uptimes {
  /** By device. */
  figures = $state.raw<ReadonlyMap<number, Uptime>>(new Map());
  /** 7, or 30 where there is room. */
  days = $state(7);

  #calls: UptimeCalls;
  #watched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #load = 0;

  constructor(calls: UptimeCalls) {
    this.#calls = calls;
  }

  /** Keeps the figures of so many days current until the function that it returns is called. */
  watch(days: number): () => void {
    this.days = days;
    this.#watched = true;
    void this.#read();
    return () => {
      this.#watched = false;
      this.#load++;
      clearTimeout(this.#timer);
    };
  }

  /** A device's status changed. */
  changed(): void {
    if (this.#watched) this.#plan(SOON_MS);
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), ms);
  }

  // Figures that can't be had now are those of before; they are asked for again in any case.
  async #read(): Promise<void> {
    const load = ++this.#load;
    this.#plan(AGAIN_MS);
    try {
      const figures = await this.#calls.fleet(this.days);
      if (load === this.#load) this.figures = new Map(figures.map((one) => [one.device, one]));
    } catch {
      return;
    }
  }
}
