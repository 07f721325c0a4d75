import { m } from "../i18n/paraglide/messages";
import { clock } from "./chatTime";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time as people say it: "34 min", "2 h 05", "19 d". */
export function length(ms: number): string {
  if (ms < MINUTE_MS) return m.time_under_minute();
  if (ms < HOUR_MS) return m.time_minutes({ minutes: Math.floor(ms / MINUTE_MS) });
  if (ms < DAY_MS) {
    const minutes = String(Math.floor((ms % HOUR_MS) / MINUTE_MS)).padStart(2, "0");
    return m.time_hours({ hours: Math.floor(ms / HOUR_MS), minutes });
  }
  return m.time_days({ days: Math.floor(ms / DAY_MS) });
}

/** A moment beside a length: of today the clock time, within a week the day's name too, the date beyond. */
export function moment(at: number, now: number, locale: string): string {
  if (sameDay(at, now)) return clock(at, locale);
  if (Math.abs(now - at) < 6 * DAY_MS) return `${weekday(at, locale)} ${clock(at, locale)}`;
  return date(at, now, locale);
}

/** The same, with the clock time also where the date stands: for what ends, or is one row of a history. */
export function preciseMoment(at: number, now: number, locale: string): string {
  if (sameDay(at, now) || Math.abs(now - at) < 6 * DAY_MS) return moment(at, now, locale);
  return `${date(at, now, locale)}, ${clock(at, locale)}`;
}

/** The time left, counted down per second: "0:18", "1:02:09". Never negative. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The date without clock time; the year only when it is not the present one. */
export function date(at: number, now: number, locale: string): string {
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...year }).format(at);
}

function weekday(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "short" }).format(at);
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
