import type { Device } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { clock, listTime } from "../../lib/chatTime";
import type { Deed } from "../../lib/nextAction";

/** What can be done in a row of the fleet. */
export interface RowActs {
  open(device: Device): void;
  act(device: Device, deed: Deed): void;
  /** Pauses it, or resumes it when it is paused. */
  pause(device: Device): void;
  favourite(device: Device, favourite: boolean): void;
  prioritise(device: Device, priority: string): void;
  choose(device: Device, range: boolean): void;
  /** Takes it up to move it to another priority. */
  lift(device: Device): void;
  /** It is held over a point of the window. */
  over(x: number, y: number): void;
  /** One priority higher or lower. */
  step(by: 1 | -1): void;
  /** Lets it go: where it is, or back to where it was. */
  drop(there: boolean): void;
}

/** When a message last went through, for a narrow column: of today the clock time, else the day. */
export function lastTime(at: number, now: number, locale: string): string {
  if (at === 0) return m.time_never();
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock(at, locale) : listTime(at, now, locale);
}
