import type { Batch } from "./types";

/** How long a batch that came too early waits for the ones before it, in milliseconds. */
export const HOLD_MS = 250;

/** Who is told in order. */
export interface OrderedListener {
  deliver(batch: Batch): void;
  /** A batch is missing: only a new snapshot tells what it held. */
  gap(): void;
}

/**
 * Puts batches in order by their numbers. What comes too early is held for a while; only when what is missing has not come
 * by then is it a gap.
 */
export class Ordering {
  #listener: OrderedListener;
  // Up to where everything is known; undefined until the first snapshot, and from a gap to the next one.
  #seq: number | undefined;
  #held: Batch[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: OrderedListener) {
    this.#listener = listener;
  }

  /** Says that a snapshot tells everything up to a number; what was held after it follows. */
  restart(seq: number): void {
    this.#seq = seq;
    this.#flush();
  }

  /** Holds everything until the next snapshot. What was held before is forgotten when the numbers begin anew. */
  suspend(): void {
    this.#seq = undefined;
    this.#held = [];
    clearTimeout(this.#timer);
  }

  /** Takes a batch as it arrives. */
  take(batch: Batch): void {
    if (batch.reset) {
      this.suspend();
      this.#listener.gap();
      return;
    }
    this.#held.push(batch);
    if (this.#seq !== undefined) this.#flush();
  }

  // A batch that overlaps what is known is delivered whole: changes are states, so telling one twice does no harm.
  #flush(): void {
    this.#held.sort((a, b) => a.first - b.first || a.seq - b.seq);
    let next = this.#held[0];
    while (next !== undefined && this.#seq !== undefined && next.first <= this.#seq) {
      this.#held.shift();
      if (next.seq > this.#seq) {
        this.#seq = next.seq;
        this.#listener.deliver(next);
      }
      next = this.#held[0];
    }
    this.#wait();
  }

  #wait(): void {
    if (this.#held.length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#held.length === 0 || this.#seq === undefined) return;
      this.#seq = undefined;
      this.#listener.gap();
    }, HOLD_MS);
  }
}
