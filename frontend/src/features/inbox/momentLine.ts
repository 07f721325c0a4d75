import { m } from "../../i18n/paraglide/messages";
import { city, when } from "../../lib/hold";
import type { Later } from "../../state/later.svelte";
import { ownZone } from "./ownZone";

/** What the chosen time means here, or why it can't be chosen; "" while nobody knows. */
export function momentLine({ moment, zone, time }: Later, now: number, locale: string): string {
  if (moment === null) return "";
  if (moment.why === "past") return m.later_past();
  if (moment.why === "far") return m.later_far();
  if (moment.why === "skipped") return m.later_skipped({ time });
  const at = when(moment.at, now, locale);
  if (moment.rule === "twice") return m.later_twice({ time, at });
  return zone === ownZone() ? m.hold_scheduled({ at }) : m.later_here({ at, city: city(zone) });
}
