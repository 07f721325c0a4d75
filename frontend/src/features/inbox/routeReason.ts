import { m } from "../../i18n/paraglide/messages";

/** Why an answer goes from the device that routing chose: the rest of a sentence that begins with "from". */
export function routeReason(reason: string, name: string): string {
  switch (reason) {
    case "wrote_first":
      return m.route_wrote_first({ name });
    case "favourite":
      return m.route_favourite();
    case "priority":
      return m.route_priority();
    case "only":
      return m.route_only();
    default:
      return "";
  }
}
