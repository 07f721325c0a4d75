import type { Change, Message, Older, Problem, Thread as ThreadPage } from "../api/types";
import { problemOf } from "../api/problem";
import { merge, upsert, without } from "../lib/ordered";
import { firstUnread } from "../lib/thread";
import { beyondOf, startOf, type Beyond } from "./beyond";

/** How many messages a page holds, and how many the first one may hold so that it reaches what is unread. */
const PAGE = 80;
const FIRST_PAGE = 200;
/** How many read messages stand above what is unread. */
const BEFORE_UNREAD = 20;

/** What a thread asks of the engine. */
export interface ThreadCalls {
  thread(conversation: number, cursor: string, limit: number): Promise<ThreadPage>;
  fullText(message: number): Promise<string>;
  retry(message: number): Promise<Message>;
  cancel(message: number): Promise<Message>;
  older(conversation: number): Promise<Older>;
}

/** Oldest first; of two at the same moment the one that was stored first. */
function oldestFirst(a: Message, b: Message): number {
  return a.at - b.at || a.id - b.id;
}

/** The messages of one conversation, oldest first, from where they were scrolled to up to the newest. */
export class Thread {
  readonly conversation: number;
  messages = $state.raw<readonly Message[]>([]);
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** A page of older messages is on its way. */
  loadingOlder = $state(false);
  /** What lies before the oldest message, once the thread is loaded up to there. */
  beyond = $state.raw<Beyond>({ kind: "end" });
  /** The first message that was unread when the thread was opened; 0 when there was none. */
  unreadFrom = $state(0);
  unreadCount = $state(0);
  /** Why a message could not be tried again or cancelled, by its id. */
  refusals = $state.raw<ReadonlyMap<number, Problem>>(new Map());
  total = $state(0);
  /** The whole of texts that are shown cut, by the message's id, as far as they were asked for. */
  texts = $state.raw<ReadonlyMap<number, string>>(new Map());
  /** The last thing that happened to the list is that older messages were put before it. */
  prepended = $state(false);
  /** How many messages arrived below what is in view. */
  below = $state(0);
  /** The message that arrived last while the thread was shown, for a screen reader. */
  arrived = $state.raw<Message | null>(null);
  /** The message that failed last while the thread was shown. */
  failed = $state.raw<Message | null>(null);
  /** Whether the newest message is in view. The view keeps it. */
  atBottom = true;

  #calls: ThreadCalls;
  #before = "";
  #busy = false;
  // How many were unread when it was opened, counted back from the newest message there was.
  #unread = { count: 0, newest: 0 };
  #held: { change: Change; seq: number }[] = [];

  constructor(conversation: number, calls: ThreadCalls) {
    this.conversation = conversation;
    this.#calls = calls;
  }

  /**
   * Reads the newest page. `unread` is how many messages were not read when the conversation was opened, counted back from
   * the message with the id `newest`; 0 stands for the newest of the page.
   */
  async open(unread: number, newest = 0): Promise<void> {
    this.#busy = true;
    this.problem = null;
    this.#held = [];
    if (this.messages.length === 0) this.status = "loading";
    try {
      const limit = Math.min(Math.max(PAGE, unread + BEFORE_UNREAD), FIRST_PAGE);
      const page = await this.#calls.thread(this.conversation, "", limit);
      this.messages = page.messages.toSorted(oldestFirst);
      const at = this.messages.findIndex((message) => message.id === newest);
      const later = at < 0 ? [] : this.messages.slice(at + 1);
      this.#unread = { count: unread, newest: (at < 0 ? this.messages.at(-1)?.id : newest) ?? 0 };
      this.unreadFrom = 0;
      this.unreadCount = unread === 0 ? 0 : unread + later.filter((message) => !message.out).length;
      this.#take(page);
      this.status = "ready";
    } catch (error) {
      this.#busy = false;
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }

  /** Whether there are older messages than those loaded. */
  get more(): boolean {
    return this.#before !== "";
  }

  /** Loads the page before the oldest message, unless one is on its way or the beginning is reached. */
  async loadOlder(): Promise<void> {
    if (this.#busy || this.#before === "") return;
    this.#busy = true;
    this.loadingOlder = true;
    this.#held = [];
    try {
      const page = await this.#calls.thread(this.conversation, this.#before, PAGE);
      this.prepended = true;
      this.messages = merge(page.messages, this.messages, oldestFirst);
      this.#take(page);
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.#busy = false;
      this.loadingOlder = false;
    }
  }

  /** Asks the phone for what is older than the oldest message, and shows what it brings. */
  async askPhone(): Promise<void> {
    if (this.beyond.kind === "asking" || this.more) return;
    this.beyond = { kind: "asking" };
    try {
      const older = await this.#calls.older(this.conversation);
      this.beyond = beyondOf(older);
      if (older.found === 0) return;
      this.#before = older.before;
      await this.loadOlder();
    } catch (error) {
      this.beyond = { kind: "failed", problem: problemOf(error) };
    }
  }

  /** Takes in what changed, as of a sequence number. `attended` says that somebody is looking. */
  apply(changes: readonly Change[], seq: number, attended: boolean): void {
    for (const change of changes) {
      if (change.topic === "filled" && change.id === this.conversation) void this.#refill();
      if (change.topic !== "message") continue;
      if (!change.gone && (change.value as Message).conversation !== this.conversation) continue;
      if (this.#busy) this.#held.push({ change, seq });
      const fresh = this.#put(change);
      if (fresh === undefined || fresh.out || this.status !== "ready") continue;
      this.arrived = fresh;
      if (!this.atBottom) this.below++;
      if (!attended) this.#markUnread(fresh.id);
    }
  }

  /** Shows a message that was just queued here, before its change arrives. */
  add(message: Message): void {
    if (message.conversation !== this.conversation || this.has(message.id)) return;
    this.prepended = false;
    this.messages = upsert(this.messages, message, oldestFirst);
  }

  /** Takes the line above what is unread away. */
  clearUnread(): void {
    this.#unread = { count: 0, newest: 0 };
    this.unreadFrom = 0;
    this.unreadCount = 0;
  }

  has(message: number): boolean {
    return this.messages.some((other) => other.id === message);
  }

  /** Gets the whole text of a message. Undefined when it could not be read; the message says why. */
  async wholeText(message: Message): Promise<string | undefined> {
    const known = message.long ? this.texts.get(message.id) : message.text;
    if (known !== undefined) return known;
    this.#refuse(message.id, undefined);
    try {
      const text = await this.#calls.fullText(message.id);
      this.texts = new Map(this.texts).set(message.id, text);
      return text;
    } catch (error) {
      this.#refuse(message.id, problemOf(error));
      return undefined;
    }
  }

  /** Tries a failed message again. */
  retry(message: number): Promise<boolean> {
    return this.#act(message, () => this.#calls.retry(message));
  }

  /** Takes back a message that has not gone yet. Returns whether it was in time. */
  cancel(message: number): Promise<boolean> {
    return this.#act(message, () => this.#calls.cancel(message));
  }

  async #act(message: number, call: () => Promise<Message>): Promise<boolean> {
    this.#refuse(message, undefined);
    try {
      await call();
      return true;
    } catch (error) {
      this.#refuse(message, problemOf(error));
      return false;
    }
  }

  // Older messages were put in, and it is not told which: they may lie among those shown, or before them.
  async #refill(): Promise<void> {
    if (this.#busy || this.status !== "ready") return;
    const limit = Math.min(Math.max(PAGE, this.messages.length), FIRST_PAGE);
    const whole = !this.more;
    try {
      const page = await this.#calls.thread(this.conversation, "", limit);
      if (this.#busy) return; // a page is being read, and brings it
      this.messages = merge(page.messages, this.messages, oldestFirst);
      this.total = page.total;
      const [oldest] = page.messages;
      if (whole && page.before !== "" && oldest?.id === this.messages[0]?.id) this.#before = page.before;
      else if (whole && page.before === "" && this.beyond.kind !== "asking") this.beyond = startOf(page);
    } catch {
      // What is shown stays; it is complete when the thread is opened again.
    }
  }

  #refuse(message: number, problem: Problem | undefined): void {
    const refusals = new Map(this.refusals);
    if (problem === undefined) refusals.delete(message);
    else refusals.set(message, problem);
    this.refusals = refusals;
  }

  #markUnread(from: number): void {
    if (this.unreadFrom === 0) this.unreadFrom = from;
    this.unreadCount++;
  }

  // The line above what is unread is drawn once it is loaded up to there.
  #findUnread(): void {
    const { count, newest } = this.#unread;
    if (count === 0 || this.unreadFrom !== 0) return;
    const known = this.messages.slice(0, this.messages.findIndex((message) => message.id === newest) + 1);
    const enough = known.filter((message) => !message.out).length >= count;
    if (enough || this.#before === "") this.unreadFrom = firstUnread(known, count);
  }

  #take(page: ThreadPage): void {
    this.#before = page.before;
    if (page.before === "" && this.beyond.kind !== "asking") this.beyond = startOf(page);
    this.#findUnread();
    this.total = page.total;
    this.#busy = false;
    const held = this.#held;
    this.#held = [];
    for (const { change, seq } of held) if (seq > page.seq) this.#put(change);
  }

  // Returns the message if it was not here before.
  #put(change: Change): Message | undefined {
    if (change.gone) {
      this.messages = without(this.messages, change.id);
      return undefined;
    }
    const message = change.value as Message;
    const before = this.messages.find((other) => other.id === message.id);
    const known = before !== undefined;
    if (message.state === "failed" && known && before.state !== "failed") this.failed = message;
    const [oldest] = this.messages;
    // It lies in a part that is not loaded yet and comes with its page.
    if (!known && this.#before !== "" && oldest !== undefined && oldestFirst(message, oldest) < 0) return undefined;
    this.prepended = false;
    this.messages = upsert(this.messages, message, oldestFirst);
    return known ? undefined : message;
  }
}
