import type { Change, Message, Waiting } from "../api/types";

/** What it asks of the engine. */
export interface WaitCalls {
  waiting(conversation: number): Promise<Waiting[]>;
}

/** Why the messages of one conversation that have not gone wait, by their ids. */
export class Waits {
  readonly conversation: number;
  of = $state.raw<ReadonlyMap<number, Waiting>>(new Map());

  /** The last of those that were sent a moment ago and can be taken back. */
  readonly undo = $derived([...this.of.values()].findLast((waiting) => waiting.hold === "undo"));

  #calls: WaitCalls;
  #asking = false;
  #again = false;

  constructor(conversation: number, calls: WaitCalls) {
    this.conversation = conversation;
    this.#calls = calls;
  }

  /** Asks again. What changes meanwhile is asked for once more. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#again) {
      this.#again = false;
      try {
        const waiting = await this.#calls.waiting(this.conversation);
        this.of = new Map(waiting.map((one) => [one.message, one]));
      } catch {
        // The reasons shown stay; the next change asks again.
      }
    }
    this.#asking = false;
  }

  /** Takes in what changed: what a message waits for may be another thing now. */
  apply(changes: readonly Change[]): void {
    if (changes.some((change) => this.#concerns(change))) void this.refresh();
  }

  #concerns({ topic, id, gone, value }: Change): boolean {
    if (topic === "device" || topic === "rest") return this.of.size > 0;
    if (topic !== "message") return false;
    if (gone) return this.of.has(id);
    const message = value as Message;
    return message.conversation === this.conversation && message.out;
  }
}
