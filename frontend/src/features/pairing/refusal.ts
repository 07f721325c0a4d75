import type { Device, Pairing, Subaccount } from "../../api/types";
import { intlLocale } from "../../i18n/locale";
import { m } from "../../i18n/paraglide/messages";
import { statusWord } from "../../lib/words";
import { withSlot } from "./names";

/** One side of a refusal: a subaccount or a number, in its colour, with a line about it. */
export interface Side {
  title: string;
  name: string;
  initials: string;
  colour: string;
  device: string;
  note: string;
}

/** What a refused pairing is told as. */
export interface Refusal {
  title: string;
  holder: Side;
  wanted: Side;
  why: string;
  more: string;
  /** The device that has the number, for the button that opens it. */
  device: string;
}

/** Puts a refused pairing into words: the number belongs to another device, or a relink scanned with another number. */
export function refusal(step: Pairing, subaccounts: readonly Subaccount[], devices: readonly Device[]): Refusal {
  return step.problem?.code === "wrong_number"
    ? wrongNumber(step, subaccounts, devices)
    : numberInUse(step, subaccounts, devices);
}

function numberInUse(step: Pairing, subaccounts: readonly Subaccount[], devices: readonly Device[]): Refusal {
  const { holder } = step;
  const holding = subaccounts.find((subaccount) => subaccount.id === holder?.subaccount);
  const wanting = subaccounts.find((subaccount) => subaccount.id === step.subaccount);
  const holderName = holder?.subaccountName ?? "";
  const wantedName = wanting?.name ?? "";
  const device = holder === null ? "" : withSlot({ label: holder.deviceLabel, slot: holder.slot });
  const wanted = devices.find((other) => other.id === step.device);
  const since = holder === null || holder.since === 0 ? "" : day(holder.since);
  const held = devices.find((other) => other.id === holder?.device);
  const status = held === undefined ? "" : statusWord(held.status);
  const same = holder?.subaccount === step.subaccount;
  return {
    title: m.guard_title_in_use({ name: same ? device : holderName }),
    device,
    holder: {
      title: m.guard_belongs(),
      name: holderName,
      initials: holding?.initials ?? "",
      colour: holding?.colour ?? "",
      device: since === "" ? device : m.guard_since({ device, date: since }),
      note: [m.guard_conversations({ count: holder?.conversations ?? 0 }), status]
        .filter((part) => part !== "")
        .join(" · "),
    },
    wanted: {
      title: m.guard_wanted(),
      name: wantedName,
      initials: wanting?.initials ?? "",
      colour: wanting?.colour ?? "",
      device:
        wanted === undefined ? "" : wanted.slot === 0 ? m.guard_new_device({ device: wanted.label }) : withSlot(wanted),
      note: wanted?.slot === 0 ? m.guard_slot_free() : m.guard_kept(),
    },
    why: whyInUse(same, step.number === "", device, wantedName),
    more: same ? "" : m.guard_move({ name: holderName }),
  };
}

// What to do depends on whether a phone scanned, or a number was entered that a code was wanted for.
function whyInUse(same: boolean, entered: boolean, device: string, name: string): string {
  if (same) return entered ? m.guard_why_same_entered({ device }) : m.guard_why_same({ device });
  return entered ? m.guard_why_entered({ name }) : m.guard_why_in_use({ name });
}

function wrongNumber(step: Pairing, subaccounts: readonly Subaccount[], devices: readonly Device[]): Refusal {
  const owner = subaccounts.find((subaccount) => subaccount.id === step.subaccount);
  const own = devices.find((other) => other.id === step.device);
  const device = own === undefined ? "" : withSlot(own);
  const expected = step.expected || step.holder?.number || own?.number || "";
  const colours = { initials: owner?.initials ?? "", colour: owner?.colour ?? "" };
  return {
    title: m.guard_title_wrong({ device }),
    device,
    holder: {
      ...colours,
      title: m.guard_expected(),
      name: expected,
      device: [owner?.name, device].filter((part) => part !== undefined && part !== "").join(" · "),
      note: m.guard_kept(),
    },
    wanted: {
      initials: "?",
      colour: "slate",
      title: step.number === "" ? m.guard_entered_side() : m.guard_scanned_side(),
      name: step.number || step.asked,
      device: step.name,
      note: m.guard_not_linked(),
    },
    why: step.number === "" ? m.guard_why_wrong_entered({ number: expected }) : m.guard_why_wrong({ number: expected }),
    more: m.guard_why_wrong_new({ number: step.number || step.asked }),
  };
}

function day(at: number): string {
  return new Intl.DateTimeFormat(intlLocale(), { day: "numeric", month: "short", year: "numeric" }).format(at);
}
