import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Conversation, Message } from "../api/types";
import { attachCalls } from "../test/attaching";
import { sampleConversation, sampleDevice, sampleMessage } from "../test/samples";
import { Inbox, type InboxCalls } from "./inbox.svelte";

const ana = sampleConversation({ id: 1, unread: 2 });
const javier = sampleConversation({ id: 2, at: 500, title: "Javier Molina" });
const change = <T extends { id: number }>(topic: string, value: T) => ({ topic, id: value.id, gone: false, value });

function inboxWith() {
  const calls = {
    conversations: vi.fn<InboxCalls["conversations"]>(async (subaccount) => ({
      seq: 1,
      items: subaccount === 2 ? [] : [ana, javier],
      next: "",
      total: 2,
    })),
    fetchFile: vi.fn<InboxCalls["fetchFile"]>(),
    saveFile: vi.fn<InboxCalls["saveFile"]>(),
    older: vi.fn<InboxCalls["older"]>(),
    around: vi.fn<InboxCalls["around"]>(async (conversation, message) => ({
      seq: 1,
      messages: [sampleMessage({ id: message, conversation, at: 500 })],
      before: "b",
      after: "a",
      total: 2,
      more: false,
    })),
    after: vi.fn<InboxCalls["after"]>(),
    messages: vi.fn<InboxCalls["messages"]>(),
    names: vi.fn<InboxCalls["names"]>(),
    versions: vi.fn<InboxCalls["versions"]>(),
    remarks: vi.fn<InboxCalls["remarks"]>(),
    contact: vi.fn<InboxCalls["contact"]>(),
    part: vi.fn<InboxCalls["part"]>(),
    joinAgain: vi.fn<InboxCalls["joinAgain"]>(),
    thread: vi.fn<InboxCalls["thread"]>(async (conversation) => ({
      seq: 1,
      messages: [
        sampleMessage({ id: conversation * 10, conversation }),
        sampleMessage({ id: conversation * 10 + 1, conversation, at: 2000 }),
      ],
      before: "",
      after: "",
      total: 2,
      more: false,
    })),
    send: vi.fn<InboxCalls["send"]>(async (conversation, text): Promise<Message> =>
      sampleMessage({ id: 99, conversation, text, out: true, state: "queued", at: 9000 }),
    ),
    fullText: vi.fn<InboxCalls["fullText"]>().mockResolvedValue("the whole text"),
    retry: vi.fn<InboxCalls["retry"]>(),
    cancel: vi.fn<InboxCalls["cancel"]>().mockResolvedValue({ text: "Hello", draft: "Hello" }),
    setDraft: vi.fn<InboxCalls["setDraft"]>().mockResolvedValue(),
    route: vi.fn<InboxCalls["route"]>().mockResolvedValue({ device: 1, reason: "only", sends: true }),
    markRead: vi.fn<InboxCalls["markRead"]>().mockResolvedValue(undefined),
    unsent: vi.fn<InboxCalls["unsent"]>(async () => ({ seq: 1, items: [], next: "", total: 0 })),
    waiting: vi.fn<InboxCalls["waiting"]>().mockResolvedValue([]),
    sendNow: vi.fn<InboxCalls["sendNow"]>(),
    schedule: vi.fn<InboxCalls["schedule"]>(async (conversation, text) =>
      sampleMessage({ id: 98, conversation, text, out: true, state: "scheduled", at: 9_000_000 }),
    ),
    reschedule: vi.fn<InboxCalls["reschedule"]>(async (id) => sampleMessage({ id })),
    times: vi.fn<InboxCalls["times"]>(async () => ({
      zone: "Europe/Lisbon",
      theirs: true,
      now: "2026-11-24T14:32",
      presets: [{ kind: "tomorrow", wall: "2026-11-25T09:00" }],
    })),
    ...attachCalls(),
    moment: vi.fn<InboxCalls["moment"]>(async (wall) => ({
      at: 1,
      rule: "exact",
      why: wall === "2020-01-01T00:00" ? "past" : "",
    })),
  };
  return { inbox: new Inbox(calls), calls };
}

async function opened(conversation: Conversation) {
  const made = inboxWith();
  await made.inbox.show(0);
  made.inbox.attend(true);
  made.inbox.open(conversation);
  await vi.advanceTimersByTimeAsync(0);
  return made;
}

describe("Inbox", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("marks a conversation read after two seconds in a focused window, up to its newest message", async () => {
    const { calls } = await opened(ana);
    await vi.advanceTimersByTimeAsync(1999);
    expect(calls.markRead).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.markRead.mock.calls).toEqual([[1, 11]]);
  });

  it("marks nothing when the window loses the focus before", async () => {
    const { inbox, calls } = await opened(ana);
    await vi.advanceTimersByTimeAsync(1000);
    inbox.attend(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.markRead).not.toHaveBeenCalled();
    inbox.attend(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(calls.markRead).toHaveBeenCalledOnce();
  });

  it("marks nothing of a conversation that the keys only passed", async () => {
    const { inbox, calls } = inboxWith();
    await inbox.show(0);
    inbox.attend(true);
    inbox.preview(ana);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.markRead).not.toHaveBeenCalled();
    inbox.open(ana);
    await vi.advanceTimersByTimeAsync(2000);
    expect(calls.markRead).toHaveBeenCalledOnce();
  });

  it("marks what arrives in a conversation that has been looked at for a while at once", async () => {
    const { inbox, calls } = await opened(sampleConversation({ id: 1 }));
    await vi.advanceTimersByTimeAsync(30_000);
    inbox.apply(
      [change("message", sampleMessage({ id: 50, at: 5000 })), change("conversation", { ...ana, unread: 1 })],
      5,
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.markRead.mock.calls).toEqual([[1, 50]]);
    expect(inbox.thread?.unread.from).toBe(0);
  });

  it("shows a sent message before its change arrives, and once", async () => {
    const { inbox } = await opened(ana);
    inbox.composer?.edit("Hola");
    await inbox.send();
    inbox.apply([change("message", sampleMessage({ id: 99, out: true, state: "sent", at: 9000 }))], 5);
    expect(inbox.thread?.messages.map((message) => [message.id, message.state])).toEqual([
      [10, "received"],
      [11, "received"],
      [99, "sent"],
    ]);
  });

  it("takes an answer as a sign that the conversation was read", async () => {
    const { inbox, calls } = await opened(ana);
    inbox.composer?.edit("Hola");
    await inbox.send();
    expect(calls.markRead.mock.calls).toEqual([[1, 99]]);
  });

  it("puts the text of a message that was taken back into the composer", async () => {
    const { inbox } = await opened(ana);
    await inbox.takeBack(11);
    expect(inbox.composer?.text).toBe("Hello");
  });

  it("saves the draft when it turns to another conversation, and leaves it there", async () => {
    const { inbox, calls } = await opened(ana);
    inbox.composer?.edit("half a sentence");
    inbox.open(javier);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.setDraft.mock.calls).toEqual([[1, "half a sentence"]]);
    expect(inbox.composer?.text).toBe("");
  });

  it("comes back to a subaccount's last conversation", async () => {
    const { inbox } = await opened(ana);
    await inbox.show(2);
    expect(inbox.current).toBeNull();
    await inbox.show(0);
    expect(inbox.current?.id).toBe(1);
    expect(inbox.opened).toBe(false);
  });

  it("comes back with what was being written, here or elsewhere meanwhile", async () => {
    const { inbox } = await opened(ana);
    inbox.composer?.edit("half a sentence");
    await inbox.show(2);
    await inbox.show(0);
    expect(inbox.composer?.text).toBe("half a sentence");
    await inbox.show(2);
    inbox.apply([change("conversation", { ...ana, draft: "a whole sentence", unread: 7 })], 5);
    await inbox.show(0);
    expect(inbox.composer?.text).toBe("a whole sentence");
    expect(inbox.current?.unread).toBe(7);
  });

  it("asks again which device answers when a device of the subaccount changes", async () => {
    const { inbox, calls } = await opened(ana);
    calls.route.mockClear();
    inbox.apply([change("device", sampleDevice({ subaccount: 2 }))], 5);
    expect(calls.route).not.toHaveBeenCalled();
    inbox.apply([change("device", sampleDevice({ status: "offline" }))], 6);
    expect(calls.route).toHaveBeenCalledOnce();
  });

  it("schedules what stands in the composer, once a possible time is chosen", async () => {
    const { inbox, calls } = await opened(ana);
    inbox.composer?.edit("Good morning");
    await inbox.later?.begin("Europe/Madrid");
    await inbox.later?.choose("2020-01-01T00:00");
    await inbox.sendLater();
    expect(calls.schedule).not.toHaveBeenCalled();
    await inbox.later?.choose("2026-11-25T09:00");
    await inbox.sendLater();
    expect(calls.schedule.mock.calls).toEqual([[1, "Good morning", "2026-11-25T09:00", "Europe/Lisbon"]]);
    expect(inbox.composer?.text).toBe("");
    expect(inbox.later?.open).toBe(false);
    expect(inbox.thread?.messages.at(-1)?.id).toBe(98);
  });

  it("gives a scheduled message another time, in its own zone", async () => {
    const { inbox, calls } = await opened(ana);
    inbox.composer?.edit("half a thought");
    const waiting = {
      message: 98,
      device: 1,
      hold: "scheduled",
      until: 1,
      wall: "2026-12-01T08:00",
      zone: "America/Bogota",
    };
    await inbox.later?.begin("Europe/Madrid", waiting);
    expect(inbox.later?.wall).toBe("2026-12-01T08:00");
    await inbox.later?.choose("2026-12-02T08:00");
    await inbox.sendLater();
    expect(calls.reschedule.mock.calls).toEqual([[98, "2026-12-02T08:00", "America/Bogota"]]);
    expect(inbox.composer?.text).toBe("half a thought");
    expect(calls.schedule).not.toHaveBeenCalled();
  });

  it("asks why messages wait when one of ours or a device changes, and not for every change", async () => {
    const { inbox, calls } = await opened(ana);
    expect(calls.waiting).toHaveBeenCalledTimes(1);
    inbox.apply([change("message", sampleMessage({ id: 5, conversation: 1 }))], 2);
    inbox.apply([change("device", sampleDevice())], 3);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.waiting).toHaveBeenCalledTimes(1);
    calls.waiting.mockResolvedValue([{ message: 6, device: 1, hold: "device", until: 0, wall: "", zone: "" }]);
    inbox.apply([change("message", sampleMessage({ id: 6, conversation: 1, out: true, state: "queued" }))], 4);
    await vi.advanceTimersByTimeAsync(0);
    expect(inbox.waits?.of.get(6)?.hold).toBe("device");
    inbox.apply([change("device", sampleDevice())], 5);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.waiting).toHaveBeenCalledTimes(3);
  });
});

it("shows what was found in its conversation, and reads nothing by that", async () => {
  vi.useFakeTimers();
  const { inbox, calls } = inboxWith();
  await inbox.show(0);
  inbox.attend(true);
  inbox.showAt(sampleConversation({ id: 1, unread: 3 }), 77);
  await vi.advanceTimersByTimeAsync(5000);
  expect(inbox.current?.id).toBe(1);
  expect(inbox.thread?.goal).toEqual({ message: 77 });
  expect(inbox.thread?.newer).toBe(true);
  expect(calls.markRead).not.toHaveBeenCalled();
  inbox.showAt(sampleConversation({ id: 1, unread: 3 }), 77);
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls.around).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
