import { m } from "../i18n/paraglide/messages";
import { causeLine } from "./words";
import { countdown, preciseMoment } from "./when";

/** The statuses, worst first. */
export const STATUSES = ["attention", "offline", "pending", "connected"] as const;

export type StatusName = (typeof STATUSES)[number];

/** What the sentences about a device's status are made from. Times are milliseconds since 1970, 0 for none. */
export interface StatusState {
  status: string;
  cause: string;
  since: number;
  until: number;
  nextTry: number;
  try: number;
  reason: string;
  code: number;
  step: number;
}

/** The place of a status when the worst comes first. A status that is not known counts as the worst, so that it is seen. */
export function severity(status: string): number {
  const at = (STATUSES as readonly string[]).indexOf(status);
  return at < 0 ? 0 : at;
}

/** The worst of some statuses; undefined of none. */
export function worst(statuses: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const status of statuses) if (found === undefined || severity(status) < severity(found)) found = status;
  return found;
}

/** How many devices have each status. */
export function countByStatus(devices: Iterable<{ status: string }>): Record<StatusName, number> {
  const counts = { attention: 0, offline: 0, pending: 0, connected: 0 };
  for (const { status } of devices) counts[STATUSES[severity(status)] ?? "attention"]++;
  return counts;
}

/** The line under a cause: which try failed and when the next one is where there is one, else what the cause says. */
export function statusLine(state: StatusState, now: number, locale: string): string {
  const left = state.nextTry - now;
  if (state.status === "offline" && state.nextTry > 0) {
    if (left <= 0) return m.status_trying();
    const wait = countdown(left);
    return state.try > 0 ? m.status_try_failed({ try: state.try, in: wait }) : m.status_next_try({ in: wait });
  }
  return causeLine({ ...state, until: state.until > 0 ? preciseMoment(state.until, now, locale) : "" });
}
