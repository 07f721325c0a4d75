import { m } from "../i18n/paraglide/messages";

/** What a device is for, in the middle of a line: "support". */
export function purposeWord(purpose: string): string {
  if (purpose === "sales") return m.device_purpose_sales();
  return purpose === "support" ? m.device_purpose_support() : m.device_purpose_other();
}

/** A device's priority, standing alone: "high priority". */
export function priorityWords(priority: string): string {
  if (priority === "high") return m.device_priority_high_chip();
  return priority === "low" ? m.device_priority_low_chip() : m.device_priority_medium_chip();
}
