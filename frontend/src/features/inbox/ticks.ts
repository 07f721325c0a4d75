import { m } from "../../i18n/paraglide/messages";
import type { TickState } from "../../ui/Tick.svelte";

/** The tick of an outgoing message in this state; undefined for one that came in. */
export function tickOf(state: string): TickState | undefined {
  switch (state) {
    case "scheduled":
    case "queued":
    case "sending":
    case "uncertain":
      return "queued";
    case "sent":
    case "delivered":
    case "read":
    case "failed":
      return state;
    case "played":
      return "read";
    default:
      return undefined;
  }
}

/** What a tick says in words. */
export function tickLabel(tick: TickState): string {
  switch (tick) {
    case "queued":
      return m.tick_queued();
    case "sent":
      return m.tick_sent();
    case "delivered":
      return m.tick_delivered();
    case "read":
      return m.tick_read();
    case "failed":
      return m.tick_failed();
  }
}
