import type { Change, DemoPhone, DemoState, Problem } from "../api/types";
import { problemOf } from "../api/problem";

/** What the side panel asks of the engine. Numbers are international, with the plus. */
export interface DemoCalls {
  state(): Promise<DemoState>;
  addPhone(name: string, ours: boolean): Promise<DemoPhone>;
  scan(phone: string, device: number): Promise<void>;
  write(from: string, to: string, text: string): Promise<void>;
  read(phone: string, peer: string): Promise<void>;
  network(phone: string, on: boolean): Promise<void>;
  unlink(phone: string): Promise<void>;
  takeOver(phone: string): Promise<void>;
  answers(phone: string, on: boolean): Promise<void>;
  crowd(count: number): Promise<number>;
}

/** The simulated phones, and which of them is played. */
export class DemoPhones {
  phones = $state.raw<readonly DemoPhone[]>([]);
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** Our phones are shown instead of the contacts'. */
  ours = $state(false);

  readonly contacts = $derived(this.phones.filter((phone) => !phone.ours));
  readonly own = $derived(this.phones.filter((phone) => phone.ours));
  /** The phone that is played. */
  readonly phone = $derived(this.#chosen());

  #calls: DemoCalls;
  #numbers = $state({ contact: "", own: "" });

  constructor(calls: DemoCalls) {
    this.#calls = calls;
  }

  async load(): Promise<void> {
    try {
      this.phones = (await this.#calls.state()).phones;
      this.status = "ready";
    } catch (error) {
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.topic !== "demo") continue;
      this.#show(change.value as DemoPhone);
    }
  }

  /** Plays another phone of those shown. */
  choose(number: string): void {
    if (this.ours) this.#numbers.own = number;
    else this.#numbers.contact = number;
  }

  /** Adds a phone of the kind shown and plays it. */
  addPhone(name: string): Promise<boolean> {
    return this.#act(async () => this.choose((await this.#calls.addPhone(name, this.ours)).number));
  }

  /** Holds the camera of a phone at the code that the dialog of a device shows. */
  scan(phone: string, device: number): Promise<boolean> {
    return this.#act(() => this.#calls.scan(phone, device));
  }

  write(from: string, to: string, text: string): Promise<boolean> {
    return this.#act(() => this.#calls.write(from, to, text));
  }

  /** Opens a chat on a phone, which reads it. */
  read(phone: string, peer: string): Promise<boolean> {
    return this.#act(() => this.#calls.read(phone, peer));
  }

  network(phone: string, on: boolean): Promise<boolean> {
    return this.#act(() => this.#calls.network(phone, on));
  }

  /** Removes every linked device on a phone. */
  unlink(phone: string): Promise<boolean> {
    return this.#act(() => this.#calls.unlink(phone));
  }

  /** Lets another program take over what is linked to a phone. */
  takeOver(phone: string): Promise<boolean> {
    return this.#act(() => this.#calls.takeOver(phone));
  }

  /** Lets a contact read and answer by itself, or stop that. */
  answers(phone: string, on: boolean): Promise<boolean> {
    return this.#act(() => this.#calls.answers(phone, on));
  }

  /** Lets so many contacts write at once. */
  crowd(count: number): Promise<boolean> {
    return this.#act(() => this.#calls.crowd(count));
  }

  // Puts a phone in the place of what it was, or at the end.
  #show(phone: DemoPhone): void {
    const at = this.phones.findIndex((other) => other.number === phone.number);
    this.phones = at < 0 ? [...this.phones, phone] : this.phones.with(at, phone);
  }

  // Returns whether it worked; else the problem says why not.
  async #act(call: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    try {
      await call();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  #chosen(): DemoPhone | undefined {
    const shown = this.ours ? this.own : this.contacts;
    const number = this.ours ? this.#numbers.own : this.#numbers.contact;
    return shown.find((phone) => phone.number === number) ?? shown[0];
  }
}
