const HALF_HOUR = 30;
const DAY = 24 * 60;

/** The half hours of a day in minutes since midnight, and one more that is in use, in order. */
export function timesOfDay(used: number): number[] {
  const halves = Array.from({ length: DAY / HALF_HOUR }, (_, index) => index * HALF_HOUR);
  return [...new Set([...halves, used])].sort((a, b) => a - b);
}

/** A time of day as a clock of the language shows it, from minutes since midnight. */
export function minuteWords(minute: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(
    minute * 60_000,
  );
}
