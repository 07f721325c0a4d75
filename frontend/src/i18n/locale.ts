import { getLocale } from "./paraglide/runtime";

const TAGS: Record<string, string> = { en: "en-GB" };

/** The language tag for `Intl`: the interface's language, with day before month and hours to 24 where it leaves a choice. */
export function intlLocale(): string {
  const locale = getLocale();
  return TAGS[locale] ?? locale;
}
