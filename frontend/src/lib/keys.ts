/** What a key that works everywhere asks for. Places count from 0. */
export type KeyCommand =
  | { kind: "view"; place: number }
  | { kind: "subaccount"; place: number }
  | { kind: "unread"; step: 1 | -1 }
  | { kind: "pane"; step: 1 | -1 };

/** The parts of a key event that say what it asks for. */
export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/**
 * Reads a key that works everywhere: Ctrl 1 … for views, Alt 0 … for subaccounts (0 is all), Alt ↑ ↓ for the next with
 * unread messages, F6 for the next pane. On macOS Cmd stands for Ctrl, and Ctrl for Alt with a digit.
 */
export function keyCommand(pressed: Pressed, mac: boolean): KeyCommand | undefined {
  if (pressed.key === "F6" && !pressed.ctrlKey && !pressed.altKey && !pressed.metaKey) {
    return { kind: "pane", step: pressed.shiftKey ? -1 : 1 };
  }
  if (pressed.shiftKey) return undefined;
  const only = (wanted: "ctrlKey" | "altKey" | "metaKey") =>
    (["ctrlKey", "altKey", "metaKey"] as const).every((modifier) => pressed[modifier] === (modifier === wanted));
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(pressed.code)?.[1];
  if (digit !== undefined) {
    const place = Number(digit);
    if (only(mac ? "metaKey" : "ctrlKey") && place > 0) return { kind: "view", place: place - 1 };
    if (only(mac ? "ctrlKey" : "altKey")) return { kind: "subaccount", place };
  }
  if (only("altKey") && pressed.key === "ArrowDown") return { kind: "unread", step: 1 };
  if (only("altKey") && pressed.key === "ArrowUp") return { kind: "unread", step: -1 };
  return undefined;
}
