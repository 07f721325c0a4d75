/** A day of the week, as it is told on a button and read out. */
export interface Weekday {
  /** 0 is Sunday. */
  day: number;
  short: string;
  long: string;
}

/** What every engine knows of a language's week, by one of two names; `firstDay` is 1 to 7, 7 is Sunday. */
type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };

/** A Sunday. */
const SUNDAY_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 24 * 60 * 60_000;

/** The days of the week in the order of a calendar of the language, Monday first where that is not known. */
export function weekdays(locale: string): Weekday[] {
  const about: WithWeek = new Intl.Locale(locale);
  const first = (about.getWeekInfo?.() ?? about.weekInfo)?.firstDay ?? 1;
  const name = (day: number, weekday: "short" | "long") =>
    new Intl.DateTimeFormat(locale, { weekday, timeZone: "UTC" }).format(SUNDAY_MS + day * DAY_MS);
  return Array.from({ length: 7 }, (_, place) => {
    const day = (first + place) % 7;
    return { day, short: name(day, "short"), long: name(day, "long") };
  });
}
