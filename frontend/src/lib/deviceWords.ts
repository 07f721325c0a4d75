import { m } from "../i18n/paraglide/messages";

/** What devices are for, in the order shown. */
export const PURPOSES = ["sales", "support", "other"] as const;

/** What a device is for, standing alone: "Support". */
export function purposeTitle(purpose: string): string {
  if (purpose === "sales") return m.device_purpose_option_sales();
  return purpose === "support" ? m.device_purpose_option_support() : m.device_purpose_option_other();
}

/** What a device is for, in the middle of a line: "support". */
export function purposeWord(purpose: string): string {
  if (purpose === "sales") return m.device_purpose_sales();
  return purpose === "support" ? m.device_purpose_support() : m.device_purpose_other();
}

/** A device's priority as a head over those that have it: "High priority". */
export function priorityTitle(priority: string): string {
  if (priority === "high") return m.device_priority_high_title();
  return priority === "low" ? m.device_priority_low_title() : m.device_priority_medium_title();
}

/** A device's priority, standing alone: "high priority". */
export function priorityWords(priority: string): string {
  if (priority === "high") return m.device_priority_high_chip();
  return priority === "low" ? m.device_priority_low_chip() : m.device_priority_medium_chip();
}

interface Named {
  id: number;
  slot: number;
  label: string;
}

/**
 * What the device that carried a message is called, one that was removed since too; "" for one that nobody knows.
 */
export function carrierName(id: number, devices: readonly Named[], removed: readonly Named[]): string {
  const device = devices.find((one) => one.id === id);
  if (device !== undefined) return calledBySlot(device.label, device.slot);
  const gone = removed.find((one) => one.id === id);
  return gone === undefined ? "" : m.device_removed_called({ device: calledBySlot(gone.label, gone.slot) });
}

/** A device as it is called where others stand beside it: "Reception ·1". */
export function calledBySlot(label: string, slot: number): string {
  return slot > 0 ? `${label} ·${slot}` : label;
}
