import type { Contact, Parted, Problem } from "../api/types";
import { problemOf } from "../api/problem";

/** What it asks of the engine. */
export interface ContactCalls {
  contact(conversation: number): Promise<Contact>;
  part(merge: number): Promise<Parted>;
  joinAgain(kept: number, apart: number): Promise<unknown>;
}

/** Who a conversation is with, and whom they were taken for. */
export class ContactCard {
  /** Null until it was read. */
  contact = $state.raw<Contact | null>(null);
  /** The two that were one, until that is undone or the card is read anew. */
  parted = $state.raw<Parted | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  readonly conversation: number;
  #calls: ContactCalls;

  constructor(conversation: number, calls: ContactCalls) {
    this.conversation = conversation;
    this.#calls = calls;
  }

  /** Reads it anew. */
  async open(): Promise<void> {
    this.parted = null;
    await this.#act(async () => undefined);
  }

  /** Makes two contacts of one again. */
  async part(merge: number): Promise<void> {
    await this.#act(async () => {
      this.parted = await this.#calls.part(merge);
    });
  }

  /** Undoes that. */
  async joinAgain(): Promise<void> {
    const { parted } = this;
    if (parted === null) return;
    await this.#act(async () => {
      await this.#calls.joinAgain(parted.kept, parted.apart);
      this.parted = null;
    });
  }

  async #act(deed: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await deed();
      this.contact = await this.#calls.contact(this.conversation);
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.busy = false;
  }
}
