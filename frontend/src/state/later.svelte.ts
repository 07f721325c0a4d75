import type { Message, Problem, ScheduleMoment, ScheduleTimes, Waiting } from "../api/types";
import { problemOf } from "../api/problem";

/** What it asks of the engine. */
export interface LaterCalls {
  times(conversation: number, zone: string): Promise<ScheduleTimes>;
  moment(wall: string, zone: string): Promise<ScheduleMoment>;
  reschedule(message: number, wall: string, zone: string): Promise<Message>;
}

/** The choice of a time for what stands in the composer, or of another one for a message that is scheduled. */
export class Later {
  readonly conversation: number;
  open = $state(false);
  /** The message that gets another time; 0 for what stands in the composer. */
  message = $state(0);
  times = $state.raw<ScheduleTimes | null>(null);
  zone = $state("");
  /** "2026-11-24" and "08:00", as they stand in the fields. */
  date = $state("");
  time = $state("");
  /** What the chosen time means; null while nobody knows. */
  moment = $state.raw<ScheduleMoment | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The time that was chosen, as a clock shows it in the zone. */
  readonly wall = $derived(`${this.date}T${this.time}`);
  /** The chosen time can be taken. */
  readonly possible = $derived(this.moment !== null && this.moment.why === "");

  #calls: LaterCalls;
  // Each question has a number, so that the answer to an earlier one is dropped.
  #asked = 0;

  constructor(conversation: number, calls: LaterCalls) {
    this.conversation = conversation;
    this.#calls = calls;
  }

  /** Opens the choice; `own` is the operator's time zone, `waiting` the message that gets another time. */
  async begin(own: string, waiting?: Waiting): Promise<void> {
    this.message = waiting?.message ?? 0;
    this.problem = null;
    this.moment = null;
    this.open = true;
    try {
      const times = await this.#calls.times(this.conversation, own);
      this.times = times;
      this.zone = waiting?.zone ?? times.zone;
      await this.choose(waiting?.wall ?? times.presets[0]?.wall ?? times.now);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Takes a whole time. */
  async choose(wall: string): Promise<void> {
    const [date = "", time = ""] = wall.split("T");
    this.date = date;
    this.time = time;
    await this.look();
  }

  /** Asks what the time in the fields means. */
  async look(): Promise<void> {
    const asked = ++this.#asked;
    this.moment = null;
    this.problem = null;
    if (this.date === "" || this.time === "") return;
    try {
      const moment = await this.#calls.moment(this.wall, this.zone);
      if (asked === this.#asked) this.moment = moment;
    } catch (error) {
      if (asked === this.#asked) this.problem = problemOf(error);
    }
  }

  /** Gives the message the chosen time. Returns whether it was taken. */
  async change(): Promise<boolean> {
    try {
      await this.#calls.reschedule(this.message, this.wall, this.zone);
      this.open = false;
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }
}
