import type { Change, Conversation, ConversationPage, Problem } from "../api/types";
import { problemOf } from "../api/problem";
import { merge, upsert, without } from "../lib/ordered";

/** How many conversations a page holds. */
const PAGE = 60;

/** What the list asks of the engine. */
export interface ConversationCalls {
  conversations(subaccount: number, cursor: string, limit: number): Promise<ConversationPage>;
  /** Those in which something has not been sent yet. */
  unsent(subaccount: number, cursor: string, limit: number): Promise<ConversationPage>;
}

/** How long after a change the conversations with something unsent are read again. */
const AGAIN_MS = 250;

/** Newest first; of two at the same moment the one that came later first. */
function newestFirst(a: Conversation, b: Conversation): number {
  return b.at - a.at || b.id - a.id;
}

/** The conversations of one subaccount, or of all of them, newest first and as far as they were scrolled to. */
export class ConversationList {
  /** The loaded part. */
  items = $state.raw<readonly Conversation[]>([]);
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** How many there are in all. */
  total = $state(0);
  /** Whose they are; 0 is everybody's. */
  subaccount = $state(0);
  /** Only those in which something has not been sent yet. */
  unsent = $state(false);

  #calls: ConversationCalls;
  #next = "";
  #paging = false;
  // Each load has a number, so that the answer to an earlier one is dropped.
  #load = 0;
  // What arrived while a page was on its way, with the sequence number it belongs to.
  #held: { change: Change; seq: number }[] = [];
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(calls: ConversationCalls) {
    this.#calls = calls;
  }

  /** Shows the conversations of a subaccount, 0 for all. */
  async show(subaccount: number): Promise<void> {
    if (subaccount !== this.subaccount) this.items = [];
    this.subaccount = subaccount;
    await this.reload();
  }

  /** Shows only the conversations in which something has not been sent yet, or all again. */
  async filter(unsent: boolean): Promise<void> {
    if (unsent === this.unsent) return;
    this.unsent = unsent;
    this.items = [];
    await this.reload();
  }

  /** Reads the first page again; what is shown stays until it is there. */
  async reload(): Promise<void> {
    const load = ++this.#load;
    this.status = this.items.length > 0 ? "ready" : "loading";
    this.problem = null;
    this.#paging = true;
    this.#held = [];
    try {
      const page = await this.#page("");
      if (load !== this.#load) return;
      this.items = page.items.toSorted(newestFirst);
      this.#take(page);
      this.status = "ready";
    } catch (error) {
      if (load !== this.#load) return;
      this.#paging = false;
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }

  /** Whether older conversations can be loaded. */
  get more(): boolean {
    return this.#next !== "";
  }

  /** Loads the next page, unless one is on its way or the end is reached. */
  async loadMore(): Promise<void> {
    if (this.#paging || this.#next === "" || this.status !== "ready") return;
    const load = this.#load;
    this.#paging = true;
    this.#held = [];
    try {
      const page = await this.#page(this.#next);
      if (load !== this.#load) return;
      this.items = merge(page.items, this.items, newestFirst);
      this.#take(page);
    } catch (error) {
      // The loaded part stays; scrolling on asks again.
      if (load === this.#load) this.problem = problemOf(error);
      this.#paging = false;
    }
  }

  /** Takes in what changed, as of a sequence number. */
  apply(changes: readonly Change[], seq: number): void {
    if (this.unsent) {
      this.#readAgain(changes);
      return;
    }
    for (const change of changes) {
      if (change.topic !== "conversation") continue;
      if (this.#paging) this.#held.push({ change, seq });
      this.#put(change);
    }
  }

  #page(cursor: string): Promise<ConversationPage> {
    if (this.unsent) return this.#calls.unsent(this.subaccount, cursor, PAGE);
    return this.#calls.conversations(this.subaccount, cursor, PAGE);
  }

  // Which conversations have something unsent only the engine knows; what changes at once is asked for once.
  #readAgain(changes: readonly Change[]): void {
    if (!changes.some(({ topic }) => topic === "message" || topic === "conversation")) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.reload(), AGAIN_MS);
  }

  #take(page: ConversationPage): void {
    this.total = page.total;
    this.#next = page.next;
    this.#paging = false;
    const held = this.#held;
    this.#held = [];
    for (const { change, seq } of held) if (seq > page.seq) this.#put(change);
  }

  #put(change: Change): void {
    const known = this.items.some((item) => item.id === change.id);
    if (change.gone) {
      if (known) this.total--;
      this.items = without(this.items, change.id);
      return;
    }
    const conversation = change.value as Conversation;
    if (this.subaccount !== 0 && conversation.subaccount !== this.subaccount) return;
    const last = this.items.at(-1);
    // It lies in a part that is not loaded yet and comes with its page.
    if (!known && this.#next !== "" && last !== undefined && newestFirst(last, conversation) < 0) return;
    if (!known && this.#next === "") this.total++;
    this.items = upsert(this.items, conversation, newestFirst);
  }
}
