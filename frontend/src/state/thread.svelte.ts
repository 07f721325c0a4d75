import type { Change, Message, Older, Problem, Thread as ThreadPage } from "../api/types";
import { problemOf } from "../api/problem";
import { merge, upsert, without } from "../lib/ordered";
import { beyondOf, startOf, type Beyond } from "./beyond";
import { MessageDeeds, type MessageCalls } from "./messageDeeds.svelte";
import { UnreadLine } from "./unreadLine.svelte";

/** How many messages a page holds, and how many the first one may hold so that it reaches what is unread. */
const PAGE = 80;
const FIRST_PAGE = 200;
/** How many read messages stand above what is unread. */
const BEFORE_UNREAD = 20;

/** What a thread asks of the engine. */
export interface ThreadCalls extends MessageCalls {
  thread(conversation: number, cursor: string, limit: number): Promise<ThreadPage>;
  older(conversation: number): Promise<Older>;
  around(conversation: number, message: number, limit: number): Promise<ThreadPage>;
  after(conversation: number, cursor: string, limit: number): Promise<ThreadPage>;
}

/** Oldest first; of two at the same moment the one that was stored first. */
function oldestFirst(a: Message, b: Message): number {
  return a.at - b.at || a.id - b.id;
}

/**
 * The messages of one conversation, oldest first, from where they were scrolled to up to the newest; of one that was opened at a message,
 * up to where that was scrolled to.
 */
export class Thread extends MessageDeeds {
  readonly conversation: number;
  messages = $state.raw<readonly Message[]>([]);
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** A page of older messages is on its way. */
  loadingOlder = $state(false);
  /** What lies before the oldest message, once the thread is loaded up to there. */
  beyond = $state.raw<Beyond>({ kind: "end" });
  readonly unread = new UnreadLine();
  total = $state(0);
  /** The last thing that happened to the list is that older messages were put before it. */
  prepended = $state(false);
  /** How many messages arrived below what is in view. */
  below = $state(0);
  /** The message to bring into view; a new value each time. */
  goal = $state.raw<{ message: number } | null>(null);
  /** The message of ours that came last while the thread was shown; 0 before. */
  lastOut = $state(0);
  /** The message that arrived last while the thread was shown, for a screen reader. */
  arrived = $state.raw<Message | null>(null);
  /** The message that failed last while the thread was shown. */
  failed = $state.raw<Message | null>(null);
  /** Whether the newest message is in view. The view keeps it. */
  atBottom = true;

  #calls: ThreadCalls;
  #before = "";
  #after = $state("");
  #busy = false;
  #held: { change: Change; seq: number }[] = [];

  constructor(conversation: number, calls: ThreadCalls) {
    super(calls);
    this.conversation = conversation;
    this.#calls = calls;
  }

  /**
   * Reads the newest page. `unread` is how many messages were not read when the conversation was opened, counted back from
   * the message with the id `newest`; 0 stands for the newest of the page.
   */
  async open(unread: number, newest = 0): Promise<void> {
    const limit = Math.min(Math.max(PAGE, unread + BEFORE_UNREAD), FIRST_PAGE);
    const ask = () => this.#calls.thread(this.conversation, "", limit);
    await this.#show(ask, () => this.unread.draw(unread, newest, this.messages));
  }

  /** Shows the part in which a message stands, and brings it into view. */
  async openAt(message: number): Promise<void> {
    this.atBottom = false;
    if (this.status === "ready" && this.has(message)) {
      this.goal = { message };
      return;
    }
    const ask = () => this.#calls.around(this.conversation, message, PAGE);
    await this.#show(ask, () => {
      this.unread.clear();
      this.below = 0;
      this.goal = { message };
    });
  }

  /** Reads what is shown again, after changes were missed. */
  async refresh(): Promise<void> {
    if (!this.newer || this.goal === null) return this.open(this.unread.count);
    this.messages = [];
    return this.openAt(this.goal.message);
  }

  /** Leaves an older part and shows the newest. */
  async toNewest(): Promise<void> {
    this.atBottom = true;
    this.below = 0;
    await this.open(0);
  }

  /** Loads the page after the newest message that is loaded, unless one is on its way or that is the newest of all. */
  async loadNewer(): Promise<void> {
    if (this.#busy || !this.newer) return;
    await this.#read(
      () => this.#calls.after(this.conversation, this.#after, PAGE),
      (page) => {
        this.prepended = false;
        this.messages = merge(this.messages, page.messages, oldestFirst);
        this.#take({ ...page, before: this.#before });
        this.#after = page.after;
      },
    );
  }

  /** Whether there are older messages than those loaded. */
  get more(): boolean {
    return this.#before !== "";
  }

  /** Whether there are newer messages than those loaded: it was opened at an older one. */
  get newer(): boolean {
    return this.#after !== "";
  }

  /** Loads the page before the oldest message, unless one is on its way or the beginning is reached. */
  async loadOlder(): Promise<void> {
    if (this.#busy || this.#before === "") return;
    this.loadingOlder = true;
    await this.#read(
      () => this.#calls.thread(this.conversation, this.#before, PAGE),
      (page) => {
        this.prepended = true;
        this.messages = merge(page.messages, this.messages, oldestFirst);
        this.#take(page);
      },
    );
    this.loadingOlder = false;
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
      if (!attended) this.unread.add(fresh.id);
    }
  }

  /** Shows a message that was just queued here, before its change arrives. */
  add(message: Message): void {
    if (message.conversation !== this.conversation) return;
    this.lastOut = message.id;
    if (this.newer) {
      void this.toNewest();
      return;
    }
    if (this.has(message.id)) return;
    this.prepended = false;
    this.messages = upsert(this.messages, message, oldestFirst);
  }

  has(message: number): boolean {
    return this.messages.some((other) => other.id === message);
  }

  // Older messages were put in, and it is not told which: they may lie among those shown, or before them.
  async #refill(): Promise<void> {
    if (this.#busy || this.status !== "ready" || this.newer) return;
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

  // Shows a page in the place of what was shown; `begin` sets the rest up before what arrived meanwhile is put in.
  async #show(ask: () => Promise<ThreadPage>, begin: () => void): Promise<void> {
    this.problem = null;
    if (this.messages.length === 0) this.status = "loading";
    const read = await this.#read(ask, (page) => {
      this.messages = page.messages.toSorted(oldestFirst);
      this.#after = page.after;
      begin();
      this.#take(page);
    });
    this.status = read ? "ready" : "failed";
  }

  async #read(ask: () => Promise<ThreadPage>, use: (page: ThreadPage) => void): Promise<boolean> {
    this.#busy = true;
    this.#held = [];
    try {
      use(await ask());
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.#busy = false;
    }
  }

  #take(page: ThreadPage): void {
    this.#before = page.before;
    if (page.before === "" && this.beyond.kind !== "asking") this.beyond = startOf(page);
    this.unread.find(this.messages, page.before === "");
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
    const newest = this.messages.at(-1);
    if (!known && this.newer && newest !== undefined && oldestFirst(message, newest) > 0) {
      if (!message.out) this.below++;
      return undefined;
    }
    if (!known && message.out) this.lastOut = message.id;
    this.prepended = false;
    this.messages = upsert(this.messages, message, oldestFirst);
    return known ? undefined : message;
  }
}
