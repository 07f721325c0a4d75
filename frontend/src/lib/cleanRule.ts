import { m } from "../i18n/paraglide/messages";
import { fileSize } from "./fileSize";

/** Which files may go; zeros keep everything. */
interface CleanRule {
  /** Those whose newest message is older. */
  days: number;
  /** The oldest, until the rest is not larger. */
  bytes: number;
}

const GB = 1_000_000_000;

/** The rules that are offered, the gentlest first. */
export const CLEAN_RULES: readonly CleanRule[] = [
  { days: 365, bytes: 0 },
  { days: 90, bytes: 0 },
  { days: 30, bytes: 0 },
  { days: 0, bytes: 20 * GB },
  { days: 0, bytes: 5 * GB },
  { days: 0, bytes: GB },
];

/** A rule as one word, and back. */
export const ruleKey = ({ days, bytes }: CleanRule): string => `${days}:${bytes}`;
export function ruleOf(key: string): CleanRule {
  const [days, bytes] = key.split(":").map(Number);
  return { days: days ?? 0, bytes: bytes ?? 0 };
}

/** What a rule removes, in a few words. */
export function ruleWords({ days, bytes }: CleanRule, locale: string): string {
  if (days > 0 && bytes > 0) return m.storage_rule_both({ days, size: fileSize(bytes, locale) });
  if (days > 0) return m.storage_rule_days({ days });
  if (bytes > 0) return m.storage_rule_bytes({ size: fileSize(bytes, locale) });
  return m.storage_rule_none();
}

/** The rules to choose from as a list's options, with the one that is in force. */
export function ruleOptions(rules: readonly CleanRule[], current: CleanRule, locale: string) {
  const known = rules.some((rule) => ruleKey(rule) === ruleKey(current));
  return [...rules, ...(known ? [] : [current])].map((rule) => ({
    value: ruleKey(rule),
    label: ruleWords(rule, locale),
  }));
}
