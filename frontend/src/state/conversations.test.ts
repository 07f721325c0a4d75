import { describe, expect, it, vi } from "vitest";

import { CallError } from "../api/problem";
import type { Conversation, ConversationPage } from "../api/types";
import { deferred } from "../test/deferred";
import { sampleConversation } from "../test/samples";
import { ConversationList } from "./conversations.svelte";

const page = (items: Conversation[], part: Partial<ConversationPage> = {}): ConversationPage => ({
  seq: 10,
  items,
  next: "",
  total: items.length,
  ...part,
});
const changed = (value: Conversation) => ({ topic: "conversation", id: value.id, gone: false, value });
const ids = (list: ConversationList) => list.items.map((item) => item.id);

async function listOf(first: ConversationPage, ...more: ConversationPage[]) {
  const conversations = vi.fn();
  for (const answer of [first, ...more]) conversations.mockResolvedValueOnce(answer);
  const list = new ConversationList({ conversations, unsent: vi.fn() });
  await list.show(0);
  return { list, conversations };
}

const a = sampleConversation({ id: 1, at: 300 });
const b = sampleConversation({ id: 2, at: 200 });
const c = sampleConversation({ id: 3, at: 100 });

describe("ConversationList", () => {
  it("shows the newest first", async () => {
    const { list } = await listOf(page([b, a]));
    expect(ids(list)).toEqual([1, 2]);
    expect(list.status).toBe("ready");
  });

  it("moves a conversation up when something arrives in it", async () => {
    const { list } = await listOf(page([a, b]));
    list.apply([changed({ ...b, at: 400, unread: 1 })], 11);
    expect(ids(list)).toEqual([2, 1]);
    expect(list.items[0]?.unread).toBe(1);
    expect(list.total).toBe(2);
  });

  it("adds a conversation that is new, and counts it", async () => {
    const { list } = await listOf(page([a]));
    list.apply([changed(sampleConversation({ id: 9, at: 500 }))], 11);
    expect(ids(list)).toEqual([9, 1]);
    expect(list.total).toBe(2);
  });

  it("leaves other subaccounts' conversations out", async () => {
    const list = new ConversationList({ conversations: vi.fn().mockResolvedValue(page([a])), unsent: vi.fn() });
    await list.show(1);
    list.apply([changed(sampleConversation({ id: 9, subaccount: 2, at: 500 }))], 11);
    expect(ids(list)).toEqual([1]);
  });

  it("takes a conversation out that is gone", async () => {
    const { list } = await listOf(page([a, b]));
    list.apply([{ topic: "conversation", id: 1, gone: true, value: null }], 11);
    expect(ids(list)).toEqual([2]);
    expect(list.total).toBe(1);
  });

  it("loads the next page below, each conversation once", async () => {
    const { list, conversations } = await listOf(page([a, b], { next: "x", total: 3 }), page([b, c], { total: 3 }));
    await list.loadMore();
    expect(conversations).toHaveBeenLastCalledWith(0, "x", expect.any(Number));
    expect(ids(list)).toEqual([1, 2, 3]);
    await list.loadMore();
    expect(conversations).toHaveBeenCalledTimes(2);
  });

  it("leaves what lies below the loaded part to its page", async () => {
    const { list } = await listOf(page([a, b], { next: "x", total: 3 }));
    list.apply([changed({ ...c, draft: "later" })], 11);
    expect(ids(list)).toEqual([1, 2]);
  });

  it("keeps a change that arrived while the page with the state before it was on its way", async () => {
    const answer = deferred<ConversationPage>();
    const list = new ConversationList({ conversations: () => answer.promise, unsent: vi.fn() });
    const shown = list.show(0);
    list.apply([changed({ ...a, unread: 7 })], 12);
    list.apply([changed({ ...b, unread: 1 })], 9);
    answer.resolve(page([a, { ...b, unread: 3 }], { seq: 10 }));
    await shown;
    expect(list.items.map((item) => item.unread)).toEqual([7, 3]);
  });

  it("drops the answer for a subaccount that is not in focus any more", async () => {
    const slow = deferred<ConversationPage>();
    const conversations = vi
      .fn()
      .mockReturnValueOnce(slow.promise)
      .mockResolvedValueOnce(page([b]));
    const list = new ConversationList({ conversations, unsent: vi.fn() });
    const first = list.show(1);
    await list.show(2);
    slow.resolve(page([a]));
    await first;
    expect(ids(list)).toEqual([2]);
  });

  it("says why it could not be read, and reads again", async () => {
    const problem = { code: "storage_failed", message: "no answer", detail: {}, action: "" };
    const conversations = vi
      .fn()
      .mockRejectedValueOnce(new CallError(problem))
      .mockResolvedValueOnce(page([a]));
    const list = new ConversationList({ conversations, unsent: vi.fn() });
    await list.show(0);
    expect(list.status).toBe("failed");
    expect(list.problem).toEqual(problem);
    await list.reload();
    expect(list.status).toBe("ready");
    expect(list.problem).toBeNull();
  });

  it("reads those with something unsent again when something changes, once for what changes together", async () => {
    vi.useFakeTimers();
    const unsent = vi
      .fn()
      .mockResolvedValueOnce(page([b]))
      .mockResolvedValue(page([b, c]));
    const list = new ConversationList({ conversations: vi.fn().mockResolvedValue(page([a, b, c])), unsent });
    await list.show(0);
    await list.filter(true);
    expect(ids(list)).toEqual([2]);
    list.apply([changed(a)], 11);
    list.apply([changed(c)], 12);
    await vi.advanceTimersByTimeAsync(1000);
    expect(unsent).toHaveBeenCalledTimes(2);
    expect(ids(list)).toEqual([2, 3]);
    await list.filter(false);
    expect(ids(list)).toEqual([1, 2, 3]);
    vi.useRealTimers();
  });
});
