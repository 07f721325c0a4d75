import type { Problem } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { problemWords, proxyTrouble } from "../../lib/words";

/** Why a pairing did not come to a link: what happened, and what is safe and to be done. */
export interface PairingFailure {
  title: string;
  line: string;
}

/** Puts a pairing that failed into words. */
export function pairingFailure(problem: Problem | null): PairingFailure {
  if (problem === null) return { title: m.pair_failed(), line: m.pair_failed_text() };
  const words = problemWords(problem);
  if (problem.code === "conflict") return { ...words, line: m.pair_failed_conflict() };
  if (problem.detail.reason === "proxy_failed") return proxyFailure(problem.detail);
  const line = problem.code === "link_failed" ? reason(problem.detail.reason ?? "") : undefined;
  return line === undefined ? words : { title: m.pair_failed(), line };
}

/** The device's own proxy leads nowhere: what is wrong with it and where it is changed. */
function proxyFailure({ trouble = "", proxy = "" }: Problem["detail"]): PairingFailure {
  return { title: m.cause_proxy_failed_title(), line: `${proxyTrouble(trouble, proxy)} ${m.pair_failed_proxy()}` };
}

// What the engine says about a link that was not made; undefined where its general sentence tells as much.
function reason(name: string): string | undefined {
  switch (name) {
    case "network_down":
    case "server_unreachable":
    case "dropped":
    case "interrupted":
    case "no_answer":
      return m.pair_failed_network();
    case "phone":
    case "not_proven":
    case "malformed":
      return m.pair_failed_phone();
    case "code_limited":
      return m.pair_failed_code_limited();
    case "code_refused":
      return m.pair_failed_code_refused();
    case "passkey":
      return m.pair_failed_passkey();
    case "not_stored":
      return m.pair_failed_storage();
    case "client_outdated":
      return m.pair_failed_outdated();
    default:
      return undefined;
  }
}
