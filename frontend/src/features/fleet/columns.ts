import { m } from "../../i18n/paraglide/messages";
import { clock, listTime } from "../../lib/chatTime";

/** A device as it is called where others stand beside it: "Reception ·1". */
export function calledBySlot(label: string, slot: number): string {
  return slot > 0 ? `${label} ·${slot}` : label;
}

/** When a message last went through, for a narrow column: of today the clock time, else the day. */
export function lastTime(at: number, now: number, locale: string): string {
  if (at === 0) return m.time_never();
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock(at, locale) : listTime(at, now, locale);
}
