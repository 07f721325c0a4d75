import { problemOf } from "../api/problem";
import type { Change, Message, Problem, Rest as RestData } from "../api/types";

/** What the state of sleep asks of the engine. */
export interface RestCalls {
  rest(): Promise<RestData>;
  sendLate(messages: readonly number[]): Promise<void>;
  sendAllLate(): Promise<void>;
  /** Takes a queued message back. */
  cancel(message: number): Promise<unknown>;
}

/** When the computer slept, what waits because of it, and whether it is kept awake. */
export class Rest {
  current = $state.raw<RestData>({ sleeps: [], late: [], waits: 0, awake: "off" });
  /** The dialog that lists the late messages is open. */
  reviewing = $state(false);
  /** Something is on its way. */
  busy = $state(false);
  /** Why the last thing that was asked for was not done. */
  problem = $state.raw<Problem | null>(null);

  #calls: RestCalls;
  // Each reading has a number, so that an older answer does not come after a newer one.
  #reading = 0;

  constructor(calls: RestCalls) {
    this.#calls = calls;
  }

  load(rest: RestData): void {
    this.#reading++;
    this.#take(rest);
  }

  /** Takes in what changed. A late message that was taken back, or of which it turned out that it had gone, waits no more. */
  apply(changes: readonly Change[]): void {
    let stale = false;
    for (const change of changes) {
      if (change.topic === "rest") this.load(change.value as RestData);
      else if (change.topic === "message") stale ||= this.#answered(change);
    }
    if (stale) void this.#read();
  }

  review(): void {
    this.problem = null;
    this.reviewing = true;
  }

  close(): void {
    this.reviewing = false;
  }

  sendAll(): Promise<void> {
    return this.#act(() => this.#calls.sendAllLate());
  }

  send(message: number): Promise<void> {
    return this.#act(() => this.#calls.sendLate([message]));
  }

  remove(message: number): Promise<void> {
    return this.#act(() => this.#calls.cancel(message));
  }

  // With nothing left to decide the dialog is over.
  #take(rest: RestData): void {
    this.current = rest;
    if (rest.waits === 0) this.reviewing = false;
  }

  #answered({ id, gone, value }: Change): boolean {
    if (!this.current.late.some((late) => late.id === id)) return false;
    return gone || !["queued", "sending"].includes((value as Message).state);
  }

  async #act(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await act();
    } catch (error) {
      this.problem = problemOf(error);
    }
    await this.#read();
    this.busy = false;
  }

  async #read(): Promise<void> {
    const reading = ++this.#reading;
    try {
      const rest = await this.#calls.rest();
      if (reading === this.#reading) this.#take(rest);
    } catch {
      // What is shown stays as it was; the next change or snapshot brings it up to date.
    }
  }
}
