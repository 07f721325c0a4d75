import { m } from "../i18n/paraglide/messages";
import { clock } from "./chatTime";
import { dayKey } from "./thread";
import { preciseMoment } from "./when";

/** What the sentence about a message that waits is made from. Times are milliseconds since 1970, 0 for none. */
export interface Hold {
  hold: string;
  until: number;
  wall: string;
  zone: string;
}

/** The device that a message waits for. */
export interface HoldingDevice {
  /** Label and slot. */
  called: string;
  status: string;
}

const DAY_MS = 86_400_000;

/** Why a message has not gone, in a sentence; "" if it goes now. */
export function holdWords(hold: Hold, device: HoldingDevice | undefined, now: number, locale: string): string {
  switch (hold.hold) {
    case "":
    case "undo": // its countdown says it
      return "";
    case "scheduled":
      return scheduled(hold, now, locale);
    case "late":
      return m.hold_late();
    case "uncertain":
      return m.hold_uncertain();
    case "behind":
      return m.hold_behind();
    case "upload":
      return m.hold_upload({ when: preciseMoment(hold.until, now, locale) });
    case "device":
      return waitsFor(hold, device, now, locale);
    default:
      return hold.until === 0 ? m.hold_other() : m.hold_other_until({ when: preciseMoment(hold.until, now, locale) });
  }
}

function waitsFor({ until }: Hold, device: HoldingDevice | undefined, now: number, locale: string): string {
  if (device === undefined) return m.hold_other();
  const { called } = device;
  if (until > now) return m.hold_device_until({ device: called, when: preciseMoment(until, now, locale) });
  if (device.status === "attention") return m.hold_device_attention({ device: called });
  return device.status === "pending"
    ? m.hold_device_pending({ device: called })
    : m.hold_device_offline({ device: called });
}

function scheduled(hold: Hold, now: number, locale: string): string {
  const at = when(hold.until, now, locale);
  const there = hold.wall.slice(11);
  if (there === "" || there === clock(hold.until, locale)) return m.hold_scheduled({ at });
  return m.hold_scheduled_there({ at, there, city: city(hold.zone) });
}

/** When something goes: "at 08:00", "tomorrow at 08:00", "Wed 25 Nov at 08:00". */
export function when(at: number, now: number, locale: string): string {
  const time = clock(at, locale);
  if (dayKey(at) === dayKey(now)) return m.when_today({ time });
  if (dayKey(at) === dayKey(now + DAY_MS)) return m.when_tomorrow({ time });
  const date = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" }).format(at);
  return m.when_day({ date, time });
}

/** The place that a time zone is named after: "Sao Paulo". */
export function city(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
