import { problemOf } from "../api/problem";
import type { Problem } from "../api/types";
import { Player } from "./player.svelte";

/** What is asked of the engine about the files of messages. */
export interface FileCalls {
  fetchFile(message: number): Promise<unknown>;
}

/** The files of messages: where they are, and which one is shown large. */
export class Files {
  /** The message whose file is shown large; 0: none. */
  large = $state(0);
  /** Why something could not be done with the file of a message, by the message's id. */
  refusals = $state.raw<ReadonlyMap<number, Problem>>(new Map());

  readonly player: Player;

  #calls: FileCalls;

  constructor(calls: FileCalls) {
    this.#calls = calls;
    this.player = new Player(() => undefined);
  }

  /** Shows and plays nothing any more: another conversation is shown. */
  leave(): void {
    this.large = 0;
    this.player.stop();
  }

  /** Where the file of a message is served. */
  address(message: number): string {
    return `/media/${message}`;
  }

  /** Where the small picture of a message is served. */
  thumbnail(message: number): string {
    return `/media/${message}/thumbnail`;
  }

  /** Where a player gets the file of a message. */
  stream(message: number): string {
    return this.address(message);
  }

  /** Where a browser saves the file of a message from. */
  saved(message: number): string {
    return `/media/${message}?save`;
  }

  /** Has the file of a message fetched; what comes of it is told like every change of the message. */
  async fetch(message: number): Promise<void> {
    await this.#try(message, () => this.#calls.fetchFile(message));
  }

  async #try(message: number, call: () => Promise<unknown>): Promise<void> {
    const refusals = new Map(this.refusals);
    refusals.delete(message);
    try {
      await call();
    } catch (error) {
      refusals.set(message, problemOf(error));
    }
    this.refusals = refusals;
  }
}
