import { m } from "../i18n/paraglide/messages";
import { problemWords } from "./words";

/** What was done to how many devices: "3 paused.". */
export function bulkDone(action: string, count: number): string {
  if (action === "pause") return m.fleet_bulk_paused({ count });
  return action === "resume" ? m.fleet_bulk_resumed({ count }) : m.fleet_bulk_tried({ count });
}

/** Why something was not done to one device: by what the device is, and by the refusal where that says no more. */
export function bulkRefusal(
  action: string,
  device: { cause: string; linked: number } | undefined,
  problem: { code: string; action: string },
): string {
  if (device === undefined || problem.code === "not_found") return m.fleet_refused_gone();
  if (problem.code === "link_busy") return m.fleet_refused_linking();
  if (problem.code !== "conflict") return problemWords(problem).title;
  if (device.linked === 0) return m.fleet_refused_unlinked();
  if (device.cause === "paused_by_operator") return m.fleet_refused_paused();
  if (device.cause === "replaced_elsewhere") return m.fleet_refused_replaced();
  if (device.cause === "temporarily_banned") return m.fleet_refused_banned();
  return action === "pause" ? m.fleet_refused_stopped() : problemWords(problem).title;
}
