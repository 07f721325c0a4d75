import type { PairingKind } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import type { PairingWay } from "../../state/pairing.svelte";

/** One thing that is done with the phone. */
export interface PairStep {
  title: string;
  text: string;
}

/** What is done with the phone, in the words of its menus: to link it, or to find out why that did not work. */
export function pairSteps(now: { kind: PairingKind; way: PairingWay; expected: string }): readonly PairStep[] {
  if (now.kind === "passkey") return passkey();
  if (now.kind === "used_up") return checks();
  return [
    {
      title: m.pair_step_open(),
      text: now.expected === "" ? m.pair_step_open_any() : m.pair_step_open_this({ number: now.expected }),
    },
    { title: m.pair_step_menu(), text: m.pair_step_menu_text() },
    now.way === "qr"
      ? { title: m.pair_step_scan(), text: m.pair_step_scan_text() }
      : { title: m.pair_step_type(), text: m.pair_step_type_text() },
  ];
}

function passkey(): readonly PairStep[] {
  return [
    { title: m.pair_step_passkey(), text: m.pair_step_passkey_text() },
    { title: m.pair_step_passkey_remove(), text: m.pair_step_passkey_remove_text() },
    { title: m.pair_step_passkey_again(), text: m.pair_step_passkey_again_text() },
  ];
}

// A phone that refuses to link tells nobody but its owner why.
function checks(): readonly PairStep[] {
  return [
    { title: m.pair_step_limit(), text: m.pair_step_limit_text() },
    { title: m.pair_step_online(), text: m.pair_step_online_text() },
    { title: m.pair_step_current(), text: m.pair_step_current_text() },
  ];
}
