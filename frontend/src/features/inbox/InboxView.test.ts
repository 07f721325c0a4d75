import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { expect, it, vi } from "vitest";

import type { Subaccount } from "../../api/types";
import { Inbox } from "../../state/inbox.svelte";
import { attachCalls } from "../../test/attaching";
import { sampleConversation, sampleSubaccount } from "../../test/samples";
import InboxView from "./InboxView.svelte";

const subaccounts: Subaccount[] = [
  sampleSubaccount({ id: 1, name: "Hotel Miramar", initials: "HM", colour: "teal", position: 0 }),
  sampleSubaccount({ id: 2, name: "Autos Ruiz", initials: "AR", colour: "rust", position: 1 }),
];

// The page of the tests has no layout to watch.
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe = vi.fn();
    unobserve = vi.fn();
    disconnect = vi.fn();
  },
);

function inboxOf() {
  const conversations = vi.fn(async (subaccount: number) => ({
    seq: 1,
    items: [sampleConversation({ id: subaccount, subaccount })],
    next: "",
    total: 1,
  }));
  const inbox = new Inbox({
    conversations,
    thread: vi.fn(async () => ({ seq: 1, messages: [], before: "", after: "", total: 0, more: false })),
    older: vi.fn(),
    versions: vi.fn(),
    remarks: vi.fn(),
    ...attachCalls(),
    contact: vi.fn(),
    part: vi.fn(),
    joinAgain: vi.fn(),
    around: vi.fn(),
    after: vi.fn(),
    messages: vi.fn(),
    names: vi.fn(),
    fullText: vi.fn(),
    send: vi.fn(),
    retry: vi.fn(),
    cancel: vi.fn(),
    setDraft: vi.fn(async () => undefined),
    route: vi.fn(async () => ({ device: 0, reason: "none", sends: false })),
    markRead: vi.fn(),
    unsent: vi.fn(async () => ({ seq: 1, items: [], next: "", total: 0 })),
    waiting: vi.fn(async () => []),
    sendNow: vi.fn(),
    fetchFile: vi.fn(),
    saveFile: vi.fn(),
    schedule: vi.fn(),
    reschedule: vi.fn(),
    times: vi.fn(),
    moment: vi.fn(),
  });
  return { inbox, conversations };
}

it("reads each subaccount once when it comes into focus, and comes back to its conversation", async () => {
  const { inbox, conversations } = inboxOf();
  const { rerender } = render(InboxView, { inbox, subaccounts, devices: [], removed: [], subaccount: 1, now: 0 });
  await vi.waitFor(() => expect(inbox.list.status).toBe("ready"));
  inbox.open(sampleConversation({ id: 1 }));
  await rerender({ subaccount: 2 });
  await vi.waitFor(() => expect(inbox.list.items[0]?.id).toBe(2));
  expect(inbox.current).toBeNull();
  await rerender({ subaccount: 1 });
  await vi.waitFor(() => expect(inbox.list.items[0]?.id).toBe(1));
  await tick();
  expect(conversations.mock.calls.map(([subaccount]) => subaccount)).toEqual([1, 2, 1]);
  expect(await screen.findByRole("region", { name: "Conversation with Ana Beltrán" })).toBeInTheDocument();
});
