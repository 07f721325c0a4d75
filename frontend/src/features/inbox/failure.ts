import { m } from "../../i18n/paraglide/messages";
import { problemText } from "../../lib/words";

/** Why a message was not sent, tried again or taken back, in words, by the code of the error. */
export function failure(code: string): string {
  // The message went, or was taken back in another window, while the button was pressed.
  if (code === "not_found" || code === "conflict") return m.send_already_gone();
  return problemText({ code, action: "" });
}
