import type { Change, Conversation, Device, Message } from "../api/types";
import { Attachments, type AttachCalls } from "./attachments.svelte";
import { Composer, type ComposerCalls } from "./composer.svelte";
import { ContactCard, type ContactCalls } from "./contactCard.svelte";
import { ConversationList, type ConversationCalls } from "./conversations.svelte";
import { Files, type FileCalls } from "./files.svelte";
import { Later, type LaterCalls } from "./later.svelte";
import { Recorder } from "./recorder.svelte";
import { Search, type SearchCalls } from "./search.svelte";
import { Thread, type ThreadCalls } from "./thread.svelte";
import { Uploads } from "./uploads.svelte";
import { Waits, type WaitCalls } from "./waits.svelte";

/** How long a conversation is open in a focused window before it counts as read. */
const READ_AFTER_MS = 2000;

/** What the inbox asks of the engine. */
export interface InboxCalls
  extends
    ConversationCalls,
    ThreadCalls,
    ComposerCalls,
    AttachCalls,
    SearchCalls,
    WaitCalls,
    LaterCalls,
    FileCalls,
    ContactCalls {
  markRead(conversation: number, upTo: number): Promise<unknown>;
}

/** The inbox: the list of conversations, the one that is shown, and what is being written in it. */
export class Inbox {
  readonly list: ConversationList;
  readonly search: Search;
  readonly files: Files;
  /** How far the files are that are being sent. */
  readonly uploads = new Uploads();
  /** The conversation that is shown. */
  current = $state.raw<Conversation | null>(null);
  thread = $state.raw<Thread | null>(null);
  composer = $state.raw<Composer | null>(null);
  /** Why what has not gone in it waits. */
  waits = $state.raw<Waits | null>(null);
  /** When what is written in it is to go. */
  later = $state.raw<Later | null>(null);
  /** Who it is with; null in a group. */
  contact = $state.raw<ContactCard | null>(null);
  /** The voice note that is being recorded for it. */
  recorder = $state.raw<Recorder | null>(null);
  /** Whether it was opened, and not only passed by in the list: only then it becomes read. */
  opened = $state(false);

  #calls: InboxCalls;
  #attended = false;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // The conversation that was last shown for each subaccount, to come back to.
  #last = new Map<number, Conversation>();
  // What is attached in conversations, as long as it was not sent.
  #attached = new Map<number, Attachments>();

  constructor(calls: InboxCalls) {
    this.#calls = calls;
    this.list = new ConversationList(calls);
    this.search = new Search(calls);
    this.files = new Files(calls);
  }

  /** Shows the conversations of a subaccount, 0 for all, and in it the conversation that was shown last. */
  async show(subaccount: number): Promise<void> {
    const before = this.list.subaccount;
    if (before === subaccount && this.list.status !== "loading") return;
    // What was being written is on its way to be saved.
    const draft = this.composer?.text ?? "";
    if (this.current !== null) this.#last.set(before, { ...this.current, draft });
    const back = this.#last.get(subaccount) ?? null;
    this.#turnTo(back, false);
    this.search.show(subaccount);
    await this.list.show(subaccount);
  }

  /** Shows a conversation in passing: it does not become read. */
  preview(conversation: Conversation): void {
    if (this.current?.id !== conversation.id) this.#turnTo(conversation, false);
  }

  /** Opens a conversation to read and answer it. */
  open(conversation: Conversation): void {
    if (this.current?.id !== conversation.id) {
      this.#turnTo(conversation, true);
      return;
    }
    if (!this.opened) this.#since = Date.now();
    this.opened = true;
    this.#watch();
  }

  /** Shows a conversation at one of its messages, which was found. It does not become read by that. */
  showAt(conversation: Conversation, message: number): void {
    if (this.current?.id !== conversation.id) this.#turnTo(conversation, false, message);
    else void this.thread?.openAt(message);
  }

  /** Shows no conversation any more. */
  close(): void {
    this.#last.delete(this.list.subaccount);
    this.#turnTo(null, false);
  }

  /** Says whether somebody is looking: the inbox is in view and the window has the focus. */
  attend(attended: boolean): void {
    if (attended && !this.#attended) this.#since = Date.now();
    this.#attended = attended;
    if (!attended) void this.composer?.flush();
    this.#watch();
  }

  /** Takes in what changed, as of a sequence number. */
  apply(changes: readonly Change[], seq: number): void {
    this.list.apply(changes, seq);
    const watched = this.#attended && this.opened;
    this.thread?.apply(changes, seq, watched);
    this.waits?.apply(changes);
    this.uploads.apply(changes);
    for (const change of changes) {
      if (change.topic === "conversation") this.#follow(change);
      if (change.topic === "device") this.#reroute(change);
    }
    this.#watch();
  }

  /** Reads everything that is shown again, after changes were missed. */
  async reload(): Promise<void> {
    const { list, thread, composer, waits } = this;
    await Promise.all([list.reload(), thread?.refresh(), composer?.refreshRoute(), waits?.refresh()]);
  }

  /** Sends what stands in the composer. */
  async send(): Promise<void> {
    const { composer, thread } = this;
    if (composer === null || thread === null) return;
    this.#answered(thread, await composer.send());
  }

  // What stands in the composer stays.
  async #sendVoice(conversation: number, file: File, waveform: number[]): Promise<void> {
    const { composer, thread } = this;
    if (composer === null || thread === null || composer.conversation !== conversation) return;
    this.#answered(thread, [await composer.files.sendVoice(file, waveform)]);
  }

  #answered(thread: Thread, taken: readonly Message[]): void {
    const [message] = taken;
    if (message === undefined) return;
    thread.unread.clear();
    taken.forEach((one) => thread.add(one));
    // Who answers has read what was there.
    if (this.current?.id === message.conversation && this.current.unread > 0) void this.#markRead();
  }

  /** Gives what stands in the composer, or the message in question, the time that was chosen. */
  async sendLater(): Promise<void> {
    const { composer, thread, later } = this;
    if (composer === null || thread === null || later === null || !later.possible) return;
    if (later.message !== 0) {
      await later.change();
      return;
    }
    later.open = false;
    for (const message of await composer.schedule(later.wall, later.zone)) thread.add(message);
  }

  /** Takes back a message that has not gone yet; its text returns to the composer. Returns whether it was in time. */
  async takeBack(id: number): Promise<boolean> {
    const { composer, thread } = this;
    if (composer === null || thread === null) return false;
    return composer.takeBack(() => thread.cancel(id));
  }

  // At a message, or where it begins to be unread.
  #turnTo(conversation: Conversation | null, opened: boolean, at = 0): void {
    void this.composer?.flush();
    this.files.leave();
    this.current = conversation;
    this.opened = opened;
    this.#since = Date.now();
    this.thread = conversation === null ? null : new Thread(conversation.id, this.#calls);
    this.composer =
      conversation === null ? null : new Composer(conversation, this.#calls, this.#files(conversation.id));
    this.waits = conversation === null ? null : new Waits(conversation.id, this.#calls);
    this.later = conversation === null ? null : new Later(conversation.id, this.#calls);
    this.contact = conversation === null || conversation.group ? null : new ContactCard(conversation.id, this.#calls);
    this.recorder =
      conversation === null ? null : new Recorder((file, waveform) => this.#sendVoice(conversation.id, file, waveform));
    void this.waits?.refresh();
    const { thread } = this;
    void (at === 0 ? thread?.open(conversation?.unread ?? 0, conversation?.last?.id) : thread?.openAt(at))?.then(() =>
      this.#watch(),
    );
    void this.composer?.refreshRoute();
    this.#watch();
  }

  // What was attached in a conversation is there when it is opened again.
  #files(conversation: number): Attachments {
    for (const [id, files] of this.#attached) if (files.items.length === 0) this.#attached.delete(id);
    const files = this.#attached.get(conversation) ?? new Attachments(conversation, this.#calls);
    this.#attached.set(conversation, files);
    return files;
  }

  #follow(change: Change): void {
    for (const [subaccount, { id }] of this.#last) {
      if (id !== change.id) continue;
      if (change.gone) this.#last.delete(subaccount);
      else this.#last.set(subaccount, change.value as Conversation);
    }
    if (change.id !== this.current?.id) return;
    if (change.gone) {
      this.close();
      return;
    }
    const conversation = change.value as Conversation;
    this.current = conversation;
    this.composer?.adopt(conversation.draft);
  }

  // The device that would send may be another one now.
  #reroute(change: Change): void {
    if (this.current === null || change.gone) return;
    if ((change.value as Device).subaccount === this.current.subaccount) void this.composer?.refreshRoute();
  }

  // Starts or stops the wait after which the conversation counts as read.
  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#attended || !this.opened || this.current === null || this.current.unread === 0) return;
    const wait = Math.max(0, this.#since + READ_AFTER_MS - Date.now());
    this.#timer = setTimeout(() => void this.#markRead(), wait);
  }

  async #markRead(): Promise<void> {
    const conversation = this.current?.id;
    const newest = this.thread?.messages.at(-1);
    if (conversation === undefined || newest === undefined) return;
    try {
      await this.#calls.markRead(conversation, newest.id);
    } catch {
      // It stays unread; the next change of the conversation tries again.
    }
  }
}
