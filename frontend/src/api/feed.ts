import { Ordering } from "./ordering";
import { problemOf } from "./problem";
import type { DeviceTarget, Transport } from "./transport";
import type { Change, Problem, Snapshot } from "./types";

/** After how long a snapshot that was refused is asked for again, in milliseconds. */
export const AGAIN_MS = 2000;

/** Who is told what the engine's state is and how it changes. */
export interface FeedListener {
  /** Everything, as of `snapshot.seq`. `again` says that changes were missed since the one before. */
  snapshot(snapshot: Snapshot, again: boolean): void;
  changes(changes: readonly Change[], seq: number): void;
  /** The engine does not answer; it is tried again. */
  lost(): void;
  /** A snapshot was refused; it is asked for again. */
  failed(problem: Problem): void;
  openDevice(target: DeviceTarget): void;
}

/** Snapshot and deltas of one connection: a snapshot at first, after each reconnection and after each gap. */
export class Feed {
  #ordering: Ordering;
  #takeSnapshot: () => Promise<Snapshot>;
  #listener: FeedListener;
  #before = false;
  // Each request has a number, so that the answer to an earlier one is dropped.
  #request = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(takeSnapshot: () => Promise<Snapshot>, listener: FeedListener) {
    this.#takeSnapshot = takeSnapshot;
    this.#listener = listener;
    this.#ordering = new Ordering({
      deliver: (batch) => listener.changes(batch.changes, batch.seq),
      gap: () => void this.refresh(),
    });
  }

  /** Starts listening. The function returned stops it. */
  start(transport: Transport): () => void {
    const stop = transport.listen({
      connected: () => {
        this.#ordering.suspend();
        void this.refresh();
      },
      lost: () => {
        this.#request++;
        this.#ordering.suspend();
        this.#listener.lost();
      },
      batch: (batch) => this.#ordering.take(batch),
      openDevice: (target) => this.#listener.openDevice(target),
    });
    return () => {
      this.#request++;
      clearTimeout(this.#again);
      this.#ordering.suspend();
      stop();
    };
  }

  /** Takes a new snapshot. */
  async refresh(): Promise<void> {
    const request = ++this.#request;
    clearTimeout(this.#again);
    try {
      const snapshot = await this.#takeSnapshot();
      if (request !== this.#request) return;
      this.#listener.snapshot(snapshot, this.#before);
      this.#before = true;
      this.#ordering.restart(snapshot.seq);
    } catch (error) {
      if (request !== this.#request) return;
      this.#again = setTimeout(() => void this.refresh(), AGAIN_MS);
      this.#listener.failed(problemOf(error));
    }
  }
}
