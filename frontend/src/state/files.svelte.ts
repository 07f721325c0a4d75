import { problemOf } from "../api/problem";
import type { AppInfo, Problem } from "../api/types";
import { Player } from "./player.svelte";

/** What is asked of the engine about the files of messages. */
export interface FileCalls {
  fetchFile(message: number): Promise<unknown>;
  saveFile(message: number): Promise<unknown>;
}

/** The files of messages: where they are, and which one is shown large. */
export class Files {
  /** The message whose file is shown large; 0: none. */
  large = $state(0);
  /** Why something could not be done with the file of a message, by the message's id. */
  refusals = $state.raw<ReadonlyMap<number, Problem>>(new Map());

  readonly player = new Player();
  /** The window saves by a dialog of the system, a browser by itself. */
  dialog = $state(false);

  #calls: FileCalls;
  #players = $state("");

  constructor(calls: FileCalls) {
    this.#calls = calls;
  }

  /** Says what shows the page, and where its players get files. */
  shownBy({ mode, players }: Pick<AppInfo, "mode" | "players">): void {
    this.dialog = mode === "desktop";
    this.#players = players;
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
    return this.#players + this.address(message);
  }

  /** Where a browser saves the file of a message from. */
  saved(message: number): string {
    return `/media/${message}?save`;
  }

  /** Has the file of a message fetched; what comes of it is told like every change of the message. */
  async fetch(message: number): Promise<void> {
    await this.#try(message, () => this.#calls.fetchFile(message));
  }

  /** Asks where the file of a message is to go, and puts it there. */
  async save(message: number): Promise<void> {
    await this.#try(message, () => this.#calls.saveFile(message));
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
