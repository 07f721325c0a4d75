import type { Conversation, Message, Problem, Route, TakenBack } from "../api/types";
import { problemOf } from "../api/problem";
import { textProblem } from "../lib/text";
import type { Attachments } from "./attachments.svelte";

/** How long after the last key a draft is saved. */
const DRAFT_PAUSE_MS = 600;

/** What a composer asks of the engine. */
export interface ComposerCalls {
  send(conversation: number, text: string): Promise<Message>;
  schedule(conversation: number, text: string, wall: string, zone: string): Promise<Message>;
  setDraft(conversation: number, text: string): Promise<void>;
  route(conversation: number): Promise<Route>;
}

/** What is being written in one conversation: the text, its draft, the files with it, and the device that it would go from. */
export class Composer {
  readonly conversation: number;
  text = $state("");
  /** Where an answer would go from, once known. */
  route = $state.raw<Route | null>(null);
  /** Why the text was not taken. */
  problem = $state.raw<Problem | null>(null);
  /** The files that go with it. */
  readonly files: Attachments;
  /** Why it can't be sent as it stands; undefined while nothing is wrong with it. */
  readonly fault = $derived(this.#fault());

  #calls: ComposerCalls;
  #saved: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // Calls about this conversation go one after the other: a draft that is saved late must not undo the send after it.
  #queue: Promise<unknown> = Promise.resolve();

  constructor(conversation: Conversation, calls: ComposerCalls, files: Attachments) {
    this.conversation = conversation.id;
    this.files = files;
    this.#calls = calls;
    this.#saved = conversation.draft;
    this.text = conversation.draft;
  }

  /** Takes the text as it was typed, and saves it as the draft after a pause. */
  edit(text: string): void {
    this.text = text;
    this.problem = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), DRAFT_PAUSE_MS);
  }

  /** Takes a draft that was changed elsewhere, unless something is being written here. */
  adopt(draft: string): void {
    if (this.text === this.#saved) this.text = draft;
    this.#saved = draft;
  }

  /** Saves the draft now, if it differs from what is saved. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#next(async () => {
      const text = this.text;
      if (text === this.#saved) return;
      try {
        await this.#calls.setDraft(this.conversation, text);
        this.#saved = text;
      } catch {
        // The text stands in the field; the next pause saves it again.
      }
    });
  }

  /** Asks again which device an answer goes from. */
  async refreshRoute(): Promise<void> {
    try {
      this.route = await this.#calls.route(this.conversation);
    } catch (error) {
      this.route = null;
      this.problem = problemOf(error);
    }
  }

  /**
   * Queues what is written as messages, each file as one: the text is the caption of the first that can have one. Returns those that were
   * taken. What is refused comes back, and `problem` says why.
   */
  send(): Promise<Message[]> {
    return this.#hand((text) => this.#calls.send(this.conversation, text));
  }

  /** The same for messages that go when a clock in the zone shows the time. */
  schedule(wall: string, zone: string): Promise<Message[]> {
    return this.#hand((text) => this.#calls.schedule(this.conversation, text, wall, zone), wall, zone);
  }

  #fault(): "empty" | "too_long" | "files" | undefined {
    const fault = textProblem(this.text);
    if (fault === "too_long" || this.files.items.length === 0) return fault;
    return this.files.ready ? undefined : "files";
  }

  async #hand(call: (text: string) => Promise<Message>, wall = "", zone = ""): Promise<Message[]> {
    if (this.fault !== undefined) return [];
    clearTimeout(this.#timer);
    const { items } = this.files;
    let text = this.text;
    this.text = "";
    this.problem = null;
    return this.#next(async () => {
      const taken: Message[] = [];
      try {
        for (const [at, item] of items.entries()) {
          const caption = at === 0 && item.captions ? text : "";
          taken.push(await this.files.send(item, caption, wall, zone));
          if (caption !== "") text = "";
        }
        if (items.length === 0 || text.trim() !== "") taken.push(await call(text));
        this.#saved = "";
      } catch (error) {
        if (text !== "") this.#restore(text);
        this.problem = problemOf(error);
      }
      return taken;
    });
  }

  /** Takes a message back; its text stands in the field then, before what stands there now. Returns whether it was in time. */
  async takeBack(call: () => Promise<TakenBack | undefined>): Promise<boolean> {
    await this.flush();
    return this.#next(async () => {
      const before = this.text;
      const saved = before === this.#saved;
      const back = await call();
      if (back === undefined) return false;
      // The engine has put it into the draft, which the feed may have brought already.
      const here = this.text === back.draft && this.#saved === back.draft;
      this.#saved = back.draft;
      if (here) return true;
      if (saved && this.text === before) this.text = back.draft;
      else if (back.text !== "") this.#restore(back.text);
      return true;
    });
  }

  // Before what stands in the field now.
  #restore(text: string): void {
    this.edit(this.text === "" ? text : `${text}\n${this.text}`);
  }

  #next<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(call);
    this.#queue = turn;
    return turn;
  }
}
