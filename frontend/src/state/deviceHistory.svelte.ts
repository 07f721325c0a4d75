import { problemOf } from "../api/problem";
import type { ChangePage, Conversation, Gap, Problem, StateChange } from "../api/types";

/** How many changes a page has. */
const PAGE = 20;

/** What the history asks of the engine. */
export interface HistoryCalls {
  changes(device: number, before: number, problems: boolean, limit: number): Promise<ChangePage>;
  checkGap(device: number, gap: number): Promise<void>;
}

/** How a device's status changed, newest first, page by page. */
export class DeviceHistory {
  readonly device: number;
  changes = $state.raw<readonly StateChange[]>([]);
  /** What is known of the times in which nothing could arrive, by when they began in seconds. */
  gaps = $state.raw<ReadonlyMap<number, Gap>>(new Map());
  status = $state<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | null>(null);
  /** There are older changes than those shown. */
  more = $state(false);
  /** Only Offline and Requires attention are shown. */
  problems = $state(false);

  /** The gap whose phone is being asked anew; 0 while none is. */
  asking = $state(0);
  /** Why a phone could not be asked anew, and about which gap. */
  unasked = $state.raw<{ gap: number; problem: Problem } | null>(null);

  #calls: HistoryCalls;
  #load = 0;
  /** Opens a conversation that a gap leaves in doubt. */
  readonly openChat: (conversation: Conversation) => void;

  constructor(device: number, calls: HistoryCalls, openChat: (conversation: Conversation) => void = () => undefined) {
    this.device = device;
    this.openChat = openChat;
    this.#calls = calls;
  }

  /** Reads the newest, or reads them again after the device's status changed; older ones that are shown stay. */
  async load(): Promise<void> {
    await this.#read(0, (page) => {
      const oldest = page.changes.at(-1)?.id ?? 0;
      const kept = this.changes.filter(({ id }) => id < oldest);
      if (kept.length === 0) this.more = page.more;
      this.changes = [...page.changes, ...kept];
    });
  }

  /** What the time that began with a change brought; undefined where it was no gap. */
  gapOf(change: StateChange): Gap | undefined {
    return this.gaps.get(Math.floor((change.at - change.slept) / 1000));
  }

  /** Shows the page before the oldest one shown. */
  async older(): Promise<void> {
    await this.#read(this.changes.at(-1)?.id ?? 0, (page) => {
      this.more = page.more;
      this.changes = [...this.changes, ...page.changes];
    });
  }

  /** Shows problems only, or everything again. */
  async filter(problems: boolean): Promise<void> {
    this.problems = problems;
    this.changes = [];
    await this.load();
  }

  /** Has the phone asked anew about a gap that could not be proved. What comes of it is told by the engine. */
  async checkAgain(gap: Gap): Promise<void> {
    if (this.asking !== 0) return;
    this.asking = gap.id;
    this.unasked = null;
    try {
      await this.#calls.checkGap(this.device, gap.id);
    } catch (error) {
      this.unasked = { gap: gap.id, problem: problemOf(error) };
    }
    this.asking = 0;
  }

  async #read(before: number, take: (page: ChangePage) => void): Promise<void> {
    const load = ++this.#load;
    try {
      const page = await this.#calls.changes(this.device, before, this.problems, PAGE);
      if (load !== this.#load) return;
      take(page);
      this.gaps = new Map([...this.gaps, ...page.gaps.map((gap) => [gap.from / 1000, gap] as const)]);
      this.status = "ready";
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.problem = problemOf(error);
      this.status = "failed";
    }
  }
}
