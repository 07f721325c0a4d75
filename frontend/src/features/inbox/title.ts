import type { Conversation } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";

/** Who a conversation is with: the name, the number, or that neither is known. */
export function titleOf(conversation: Conversation): string {
  return conversation.title === "" ? m.inbox_nameless() : conversation.title;
}
