import { m } from "../i18n/paraglide/messages";
import { date } from "./when";
import { causeTitle } from "./words";

/** What the engine says of a start that tells of the time before it. */
const CLOSED = "closed";

/** What a row of the history is about, in a few words. */
export function changeTitle(change: { to: string; reason: string }): string {
  return change.to === "app_starting" && change.reason === CLOSED ? m.history_closed() : causeTitle(change.to);
}

/** A reason as it stands small under a row; "" where the title says it. */
export function shownReason(reason: string): string {
  return reason === CLOSED ? "" : reason;
}

/** The changes of one day, newest first. */
export interface HistoryDay<Change> {
  /** The day as people say it. */
  title: string;
  changes: readonly Change[];
}

/** Parts changes, newest first, by their days. */
export function byDay<Change extends { at: number }>(
  changes: readonly Change[],
  now: number,
  locale: string,
): HistoryDay<Change>[] {
  const days: { title: string; changes: Change[] }[] = [];
  for (const change of changes) {
    const title = dayTitle(change.at, now, locale);
    const last = days.at(-1);
    if (last?.title === title) last.changes.push(change);
    else days.push({ title, changes: [change] });
  }
  return days;
}

function dayTitle(at: number, now: number, locale: string): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return m.history_today();
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === yesterday.toDateString()) return m.history_yesterday();
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" }).format(at);
  return m.history_day({ weekday, date: date(at, now, locale) });
}

/** What a time in which nothing could arrive brought, and whether anything is missing; "" while it lasts. */
export function gapWords(gap: { state: string; late: number; found: number; doubts: number }): string {
  const known = [
    gap.late > 0 ? m.gap_late({ count: gap.late }) : "",
    gap.found > 0 ? m.gap_found({ count: gap.found }) : "",
  ];
  const outcome: Readonly<Record<string, () => string>> = {
    ended: m.gap_checking,
    checking: m.gap_checking,
    verified: m.gap_verified,
    not_provable: () => m.gap_not_provable({ count: gap.doubts }),
  };
  const said = outcome[gap.state]?.();
  return said === undefined ? "" : [...known, said].filter(Boolean).join(" ");
}
