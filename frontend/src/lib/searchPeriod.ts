/** How far back a search looks: any time, or so many days up to today. */
export const PERIODS = ["any", "7", "30", "365"] as const;

export type Period = (typeof PERIODS)[number];

/** When a period begins, in milliseconds since 1970: at a midnight here, so that the same search finds the same all day. 0: any time. */
export function periodStart(period: Period, now: number): number {
  if (period === "any") return 0;
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - Number(period) + 1);
  return day.getTime();
}
