import type { Conversation, Hit, NamePage, Problem, SearchPage, SearchQuery } from "../api/types";
import { problemOf } from "../api/problem";
import { periodStart, type Period } from "../lib/searchPeriod";

/** How long nothing is typed before it is looked for. */
const PAUSE_MS = 120;
const PAGE = 50;
/** Conversations that are shown above the messages. */
const NAMES = 5;

/** What a search asks of the engine. */
export interface SearchCalls {
  messages(query: SearchQuery): Promise<SearchPage>;
  names(text: string, subaccount: number, limit: number): Promise<NamePage>;
}

/** What else is asked of messages. Kinds go by the groups that people think in. */
export interface SearchFilter {
  kinds: KindGroup;
  direction: "" | "in" | "out";
  device: number;
  period: Period;
}

/** The kinds of messages that stand together in the filter. */
export const KIND_GROUPS = {
  any: [],
  text: ["text"],
  picture: ["image", "video", "gif", "sticker"],
  sound: ["voice", "audio"],
  document: ["document"],
  place: ["location", "live_location"],
  contact: ["contact", "contacts"],
  poll: ["poll", "event"],
} as const satisfies Record<string, readonly string[]>;

export type KindGroup = keyof typeof KIND_GROUPS;

/** Nothing more is asked. */
export const NO_FILTER: SearchFilter = { kinds: "any", direction: "", device: 0, period: "any" };

/** What can be chosen among the results: a conversation that was found by its name, or a message. */
export type Found = { kind: "name"; conversation: Conversation } | { kind: "hit"; hit: Hit };

/** A search in the messages and conversations of one subaccount, or of all. */
export class Search {
  text = $state("");
  filter = $state.raw<SearchFilter>(NO_FILTER);
  status = $state<"idle" | "searching" | "ready" | "failed">("idle");
  problem = $state.raw<Problem | null>(null);
  names = $state.raw<readonly Conversation[]>([]);
  hits = $state.raw<readonly Hit[]>([]);
  /** What was typed holds nothing to search for. */
  nothing = $state(false);
  /** So many of the oldest messages have not been looked at yet. */
  unread = $state(0);
  /** There are more messages than those loaded. */
  more = $state(false);
  /** The place of what is chosen among what was found; -1 for nothing. */
  chosen = $state(-1);

  #calls: SearchCalls;
  #subaccount = 0;
  #next = "";
  #paging = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // Each search has a number, so that the answer to an earlier one is dropped.
  #turn = 0;

  constructor(calls: SearchCalls) {
    this.#calls = calls;
  }

  /** Whether its results stand in the place of the conversations. */
  get active(): boolean {
    return this.text.trim() !== "";
  }

  /** Whether more is asked than words. Conversations are found by words alone. */
  get filtered(): boolean {
    const { kinds, direction, device, period } = this.filter;
    return kinds !== "any" || direction !== "" || device !== 0 || period !== "any";
  }

  /** Everything that can be chosen, in the order in which it is shown. */
  get found(): Found[] {
    return [
      ...this.names.map((conversation) => ({ kind: "name", conversation }) as const),
      ...this.hits.map((hit) => ({ kind: "hit", hit }) as const),
    ];
  }

  /** Looks in another subaccount, 0 for all. What was typed there before is none of this one's business. */
  show(subaccount: number): void {
    if (subaccount === this.#subaccount) return;
    this.#subaccount = subaccount;
    this.filter = NO_FILTER;
    this.clear();
  }

  /** Takes what was typed, and looks for it once nothing more is typed. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (!this.active) {
      this.clear();
      return;
    }
    if (this.status === "idle") this.status = "searching";
    this.#timer = setTimeout(() => void this.run(), PAUSE_MS);
  }

  /** Changes what else is asked. */
  narrow(filter: Partial<SearchFilter>): void {
    this.filter = { ...this.filter, ...filter };
    if (this.active) void this.run();
  }

  /** Asks for nothing but the words again. */
  unfilter(): void {
    this.narrow(NO_FILTER);
  }

  /** Ends the search. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#turn++;
    this.text = "";
    this.status = "idle";
    this.problem = null;
    this.names = [];
    this.hits = [];
    this.nothing = false;
    this.unread = 0;
    this.more = false;
    this.chosen = -1;
  }

  /** Searches. What was found before stays until the answer is there. */
  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.problem = null;
    this.#paging = true;
    if (this.status !== "ready") this.status = "searching";
    try {
      const [names, page] = await Promise.all([
        this.filtered ? { items: [], total: 0 } : this.#calls.names(this.text, this.#subaccount, NAMES),
        this.#calls.messages(this.#query("")),
      ]);
      if (turn !== this.#turn) return;
      this.names = names.items;
      this.hits = page.hits;
      this.nothing = page.nothing;
      this.#take(page);
      this.chosen = -1;
      this.status = "ready";
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }

  /** Loads the next page, unless one is on its way or the end is reached. */
  async loadMore(): Promise<void> {
    if (this.#paging || !this.more || this.status !== "ready") return;
    const turn = this.#turn;
    this.#paging = true;
    try {
      const page = await this.#calls.messages(this.#query(this.#next));
      if (turn !== this.#turn) return;
      const known = new Set(this.hits.map((hit) => hit.message.id));
      this.hits = [...this.hits, ...page.hits.filter((hit) => !known.has(hit.message.id))];
      this.#take(page);
    } catch {
      // The loaded part stays; scrolling on asks again.
      if (turn === this.#turn) this.#paging = false;
    }
  }

  /** Chooses the next or the previous of what was found. */
  step(by: 1 | -1): void {
    const last = this.names.length + this.hits.length - 1;
    this.chosen = Math.min(Math.max(this.chosen + by, 0), last);
  }

  #take(page: SearchPage): void {
    this.unread = page.unread;
    this.#next = page.next;
    this.more = page.next !== "";
    this.#paging = false;
  }

  #query(cursor: string): SearchQuery {
    const { kinds, direction, device, period } = this.filter;
    return {
      text: this.text,
      subaccount: this.#subaccount,
      device,
      conversation: 0,
      kinds: [...KIND_GROUPS[kinds]],
      from: periodStart(period, Date.now()),
      to: 0,
      direction,
      contact: 0,
      cursor,
      limit: PAGE,
    };
  }
}
