import { problemOf } from "../api/problem";
import type { Problem, UptimeReport } from "../api/types";

/** What the report asks of the engine. */
export interface ReportCalls {
  report(device: number, days: number): Promise<UptimeReport>;
}

/** How much of the last days one device was up, day by day. */
export class DeviceUptime {
  readonly device: number;
  /** 7 or 30. */
  days = $state(30);
  report = $state.raw<UptimeReport | null>(null);
  problem = $state.raw<Problem | null>(null);

  #calls: ReportCalls;
  #load = 0;

  constructor(device: number, calls: ReportCalls) {
    this.device = device;
    this.#calls = calls;
  }

  /** Reads it, or reads it again. */
  async load(): Promise<void> {
    const load = ++this.#load;
    try {
      const report = await this.#calls.report(this.device, this.days);
      if (load !== this.#load) return;
      this.report = report;
      this.problem = null;
    } catch (error) {
      if (load === this.#load) this.problem = problemOf(error);
    }
  }

  /** Shows another number of days. */
  async show(days: number): Promise<void> {
    this.days = days;
    await this.load();
  }
}
