import type { Change, Notice } from "../api/types";

/** How many notices are kept. */
const KEPT = 100;
/** How long a notice that only informs stays in view, in milliseconds. */
const SHOWN_MS = 12_000;

/** What notices ask of the engine. */
export interface NoticeCalls {
  readNotices(upTo: number): Promise<void>;
}

/** What the engine notified about devices, newest first, and which of it is in view in the page. */
export class Notices {
  all = $state.raw<readonly Notice[]>([]);
  /** Those shown over the page until they are dismissed or their time is over. */
  shown = $state.raw<readonly Notice[]>([]);
  /** The last one told while this window looked, for a screen reader. */
  newest = $state.raw<Notice | null>(null);
  /** Those with a higher id are unread. */
  #read = $state(0);
  #calls: NoticeCalls;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(calls: NoticeCalls) {
    this.#calls = calls;
  }

  /** How many were told since somebody last looked. */
  get unread(): number {
    return this.all.filter(({ id }) => id > this.#read).length;
  }

  /** Begins anew from a snapshot. What happened before this window looked is kept, and not shown over the page. */
  load(notices: readonly Notice[], read: number): void {
    this.all = notices.toReversed();
    this.#read = read;
  }

  /** Somebody looks at the list: what is in it is read. */
  async look(): Promise<void> {
    const newest = this.all[0]?.id ?? 0;
    if (newest <= this.#read) return;
    const before = this.#read;
    this.#read = newest;
    try {
      await this.#calls.readNotices(newest);
    } catch {
      // Unread again: nothing is lost by counting them once more.
      if (this.#read === newest) this.#read = before;
    }
  }

  /** Takes in what changed. `show` says that notices are shown in the page; the desktop shows its own. */
  apply(changes: readonly Change[], show: boolean): void {
    for (const change of changes) {
      if (change.topic === "notices_read") this.#read = Math.max(this.#read, change.id);
      if (change.topic !== "notice" || change.gone) continue;
      const notice = change.value as Notice;
      this.all = [notice, ...this.all.filter((other) => other.id !== notice.id)].slice(0, KEPT);
      this.newest = notice;
      if (show) this.#show(notice);
    }
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  // A device is in view once: what is newer about it takes the place of what was said before.
  #show(notice: Notice): void {
    const devices = new Set(notice.items.map((item) => item.device));
    for (const other of this.shown) {
      if (other.id === notice.id || other.items.every((item) => devices.has(item.device))) this.dismiss(other.id);
    }
    this.shown = [notice, ...this.shown];
    if (notice.kind === "back")
      this.#timers.set(
        notice.id,
        setTimeout(() => this.dismiss(notice.id), SHOWN_MS),
      );
  }
}
