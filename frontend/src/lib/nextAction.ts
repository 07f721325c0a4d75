import { m } from "../i18n/paraglide/messages";
import { moment } from "./when";

/** What pressing the button does: opens the link dialog or the device's page, or asks the engine. */
export type Deed = "link" | "open" | "try_now" | "resume" | "take_back" | "check_now";

/** The button that answers a device's cause. */
export interface NextStep {
  /** The engine's name of the action; it chooses the icon. */
  action: string;
  label: string;
  /** Somebody has to do something now; else the button is plain. */
  urgent: boolean;
  deed: Deed;
}

/**
 * The one place that maps a cause's next action to a button. `until` is when a wait ends, in milliseconds since 1970.
 * Undefined where there is nothing to do, or only to wait for something without an end.
 */
export function nextStep(
  device: { status: string; next: string; until: number },
  now: number,
  locale: string,
): NextStep | undefined {
  const urgent = device.status === "attention";
  const step = (label: string, deed: Deed, loud = urgent): NextStep => ({
    action: device.next,
    label,
    urgent: loud,
    deed,
  });
  switch (device.next) {
    case "show_qr":
      return step(m.action_show_qr(), "link");
    case "show_code":
      return step(m.action_show_code(), "link");
    case "continue":
      return step(m.action_continue(), "link");
    case "again":
      return step(m.action_again(), "link");
    case "relink":
      return step(m.action_relink(), "link");
    case "try_now":
      return step(m.action_try_now(), "try_now");
    case "resume":
      return step(m.action_resume(), "resume");
    case "take_back":
      return step(m.action_take_back(), "take_back");
    case "check_now":
      return step(m.action_check_now(), "check_now");
    case "free_space":
      return step(m.action_free_space(), "check_now");
    case "update":
      return step(m.action_update(), "open");
    case "open_phone":
      return step(m.action_open_phone(), "open");
    case "wait_until":
      return device.until > 0
        ? step(m.action_wait_until({ until: moment(device.until, now, locale) }), "open", false)
        : undefined;
    default:
      return undefined;
  }
}
