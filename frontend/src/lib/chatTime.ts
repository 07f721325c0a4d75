import { dayKey } from "./thread";

const DAY_MS = 86_400_000;

/** The time of day: "14:31". */
export function clock(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** The time in a list: of today the time of day, of this week the day's name, and the date beyond. */
export function listTime(at: number, now: number, locale: string): string {
  const days = daysBetween(at, now);
  if (days <= 0) return clock(at, locale);
  if (days === 1) return relativeDay(-1, locale);
  if (days < 7) return new Intl.DateTimeFormat(locale, { weekday: "short" }).format(at);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...yearUnlessThis(at, now) }).format(at);
}

/** The day above a part of a thread: "Today", "Yesterday, Monday 23 November", "Sunday 22 November". */
export function dayLabel(at: number, now: number, locale: string): string {
  const days = daysBetween(at, now);
  if (days === 0) return relativeDay(0, locale);
  const options = { weekday: "long", day: "numeric", month: "long", ...yearUnlessThis(at, now) } as const;
  const date = new Intl.DateTimeFormat(locale, options).format(at);
  return days === 1 ? `${relativeDay(-1, locale)}, ${date}` : date;
}

/** Calendar days from a moment to another, negative when it lies ahead. */
function daysBetween(at: number, now: number): number {
  const noon = (key: string) => Date.parse(`${key}T12:00:00Z`);
  return Math.round((noon(dayKey(now)) - noon(dayKey(at))) / DAY_MS);
}

function relativeDay(days: number, locale: string): string {
  const word = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
  return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
}

function yearUnlessThis(at: number, now: number): { year?: "numeric" } {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" };
}
