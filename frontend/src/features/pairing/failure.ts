import type { Problem } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { problemText } from "../../lib/words";

/** Why a pairing did not come to a link, in words: cause, what is safe, what to do. */
export function pairingFailure(problem: Problem | null): string {
  if (problem === null) return m.pair_failed_text();
  switch (problem.code) {
    case "not_connected":
    case "network_down":
    case "server_unreachable":
      return m.pair_failed_network();
    case "conflict":
      return m.pair_failed_conflict();
    default:
      return problemText(problem);
  }
}
