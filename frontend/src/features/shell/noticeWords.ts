import type { Notice, NoticeItem } from "../../api/types";
import { m } from "../../i18n/paraglide/messages";
import { causeTitle } from "../../lib/words";
import type { Workspace } from "../../state/workspace.svelte";

/** What a notice says first: which device, or how many. */
export function noticeTitle(notice: Notice, workspace: Workspace): string {
  const [item] = notice.items;
  if (notice.kind === "digest") return m.shell_notice_digest({ count: notice.items.length });
  if (notice.items.length > 1 || item === undefined) return m.shell_notice_several({ count: notice.items.length });
  const device = nameOf(item, workspace);
  if (item.kind === "back") return m.shell_notice_back({ device });
  return item.kind === "attention" ? m.shell_notice_attention({ device }) : m.shell_notice_offline({ device });
}

/** The cause of one device in a notice, and whose it is; with its name where the notice tells of several. */
export function noticeLine(item: NoticeItem, workspace: Workspace, named: boolean): string {
  const subaccount = workspace.subaccount(item.subaccount)?.name;
  return [named ? nameOf(item, workspace) : undefined, causeTitle(item.cause), subaccount]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** The status that the shape beside a device in a notice shows. */
export function noticeStatus(item: NoticeItem): string {
  return item.kind === "back" ? "connected" : item.kind === "attention" ? "attention" : "offline";
}

/** Whether somebody has to do something about it. */
export function noticeUrgent(notice: Notice): boolean {
  return notice.items.some((item) => item.kind === "attention");
}

function nameOf(item: NoticeItem, workspace: Workspace): string {
  return workspace.device(item.device)?.label ?? m.shell_unknown_device();
}
