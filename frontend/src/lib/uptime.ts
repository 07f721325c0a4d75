import { m } from "../i18n/paraglide/messages";
import { length } from "./when";

/** What a strip is drawn from: blocks without gaps, oldest first. Times are milliseconds. */
export interface StripTime {
  from: number;
  to: number;
  strip: readonly { from: number; to: number; status: string }[];
}

/** A share as people read it: "99.4 %", "–" where no time is counted. It is never rounded up to more than there was. */
export function percent(share: number, locale: string, digits = 1): string {
  if (share < 0) return m.time_never();
  const scale = 10 ** digits;
  const cut = Math.floor(share * 100 * scale + 1e-6) / scale;
  return m.uptime_percent({ share: new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(cut) });
}

/** What a strip shows: it is read out instead of the picture. The business hours have a sentence of their own where they are known. */
export function uptimeSummary(
  uptime: { share: number; business: number; down: number; outages: number },
  days: number,
  locale: string,
): string {
  const summary = allHours(uptime, days, locale);
  if (uptime.business < 0) return summary;
  return m.uptime_summary_business({ summary, share: percent(uptime.business, locale, 2) });
}

function allHours(uptime: { share: number; down: number; outages: number }, days: number, locale: string): string {
  if (uptime.share < 0) return m.uptime_summary_none({ days });
  const share = percent(uptime.share, locale, 2);
  if (uptime.outages === 0) return m.uptime_summary_up({ days, share });
  return m.uptime_summary({ days, share, length: length(uptime.down), count: uptime.outages });
}

/** A rectangle of a strip, in parts of its width and height. */
export interface StripBar {
  status: string;
  x: number;
  width: number;
  height: number;
}

const HEIGHTS: Readonly<Record<string, number>> = { pending: 0.35, offline: 0.55, attention: 0.9 };

/** How a strip is drawn: the lines at its bottom, and the bars of problems, each at least as wide as can be seen. */
export function stripBars(uptime: StripTime, least: number): { lines: StripBar[]; bars: StripBar[] } {
  const span = Math.max(1, uptime.to - uptime.from);
  const at = (time: number) => (time - uptime.from) / span;
  const bar = ({ from, to, status }: StripTime["strip"][number]): StripBar => {
    const width = Math.max(at(to) - at(from), least);
    return { status, x: Math.min(at(from), 1 - width), width, height: HEIGHTS[status] ?? 0.9 };
  };
  const linked = uptime.strip.find(({ status }) => status !== "")?.from ?? uptime.to;
  const lines: StripBar[] = [];
  if (linked > uptime.from) lines.push({ status: "", x: 0, width: at(linked), height: 0.1 });
  if (linked < uptime.to) lines.push({ status: "connected", x: at(linked), width: 1 - at(linked), height: 0.15 });
  const problems = uptime.strip.filter(({ status }) => status !== "" && status !== "connected");
  return { lines, bars: problems.map(bar) };
}

/** The moments whose days stand under a strip, evenly apart, its ends included: each of a week, every fifth of thirty. */
export function stripDays(from: number, to: number, days: number): number[] {
  const steps = days === 7 ? 7 : 6;
  return Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps);
}
