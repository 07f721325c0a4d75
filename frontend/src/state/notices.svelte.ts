import type { Change, Notice } from "../api/types";

/** How many notices are kept. */
const KEPT = 50;
/** How long a notice that only informs stays in view, in milliseconds. */
const SHOWN_MS = 12_000;

/** What the engine notified about devices, newest first, and which of it is in view in the page. */
export class Notices {
  all = $state.raw<readonly Notice[]>([]);
  /** Those shown over the page until they are dismissed or their time is over. */
  shown = $state.raw<readonly Notice[]>([]);
  /** The last one told while this window looked, for a screen reader. */
  newest = $state.raw<Notice | null>(null);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Begins anew from a snapshot. What happened before this window looked is kept, and not shown over the page. */
  load(notices: readonly Notice[]): void {
    this.all = notices.toReversed();
  }

  /** Takes in what changed. `show` says that notices are shown in the page; the desktop shows its own. */
  apply(changes: readonly Change[], show: boolean): void {
    for (const change of changes) {
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
