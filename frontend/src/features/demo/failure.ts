import type { Problem } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";

function conflict(why: string | undefined): string {
  if (why === "four_devices") return m.demo_act_four();
  return why === "not_linked" ? m.demo_act_not_linked() : m.demo_act_failed();
}

/** Why a simulated phone did not do what was asked, in words. */
export function demoFailure(problem: Problem): string {
  switch (problem.code) {
    case "not_connected":
    case "network_down":
      return m.demo_act_offline();
    case "conflict":
      return conflict(problem.detail.why);
    case "not_found":
    case "link_failed":
      return m.demo_act_scan_failed();
    default:
      return m.demo_act_failed();
  }
}
