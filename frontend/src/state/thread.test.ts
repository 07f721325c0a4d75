import { describe, expect, it, vi } from "vitest";

import { CallError } from "../api/problem";
import type { Message, Older, Thread as ThreadPage } from "../api/types";
import { deferred } from "../test/deferred";
import { sampleMessage } from "../test/samples";
import { Thread, type ThreadCalls } from "./thread.svelte";

const page = (messages: Message[], part: Partial<ThreadPage> = {}): ThreadPage => ({
  seq: 10,
  messages,
  before: "",
  after: "",
  total: messages.length,
  more: false,
  ...part,
});
const changed = (value: Message) => ({ topic: "message", id: value.id, gone: false, value });
const ids = (thread: Thread) => thread.messages.map((message) => message.id);
const problem = { code: "conflict", message: "", detail: {}, action: "" };

function threadWith(part: Partial<ThreadCalls>): Thread {
  return new Thread(1, {
    thread: vi.fn(),
    fullText: vi.fn(),
    retry: vi.fn(),
    cancel: vi.fn(),
    sendNow: vi.fn(),
    older: vi.fn(),
    versions: vi.fn(),
    remarks: vi.fn(),
    around: vi.fn(),
    after: vi.fn(),
    ...part,
  });
}

async function openThread(answer: ThreadPage, unread = 0): Promise<Thread> {
  const thread = threadWith({ thread: vi.fn().mockResolvedValue(answer) });
  await thread.open(unread);
  return thread;
}

const one = sampleMessage({ id: 1, at: 100 });
const two = sampleMessage({ id: 2, at: 200 });
const three = sampleMessage({ id: 3, at: 300, out: true, state: "sent" });

describe("Thread", () => {
  it("orders by time, and by arrival within one second", async () => {
    const thread = await openThread(page([three, sampleMessage({ id: 5, at: 100 }), one, two]));
    expect(ids(thread)).toEqual([1, 5, 2, 3]);
  });

  it("remembers where the unread messages began", async () => {
    const thread = await openThread(page([one, two, three]), 1);
    expect(thread.unread.from).toBe(2);
  });

  it("counts what is unread back from the message that was the newest then", async () => {
    const thread = threadWith({
      thread: vi.fn().mockResolvedValue(page([one, two, sampleMessage({ id: 4, at: 400 })])),
    });
    await thread.open(1, 2);
    expect(thread.unread.from).toBe(2);
    expect(thread.unread.count).toBe(2);
  });

  it("draws the line at what is unread once it is loaded up to there", async () => {
    const calls = vi
      .fn()
      .mockResolvedValueOnce(page([two, three], { before: "x", total: 3 }))
      .mockResolvedValueOnce(page([one], { total: 3 }));
    const thread = threadWith({ thread: calls });
    await thread.open(2);
    expect(thread.unread.from).toBe(0);
    thread.apply([changed(sampleMessage({ id: 4, at: 400 }))], 11, true);
    await thread.loadOlder();
    expect(thread.unread.from).toBe(1);
  });

  it("asks for enough at first to reach what is unread", async () => {
    const calls = vi.fn().mockResolvedValue(page([one]));
    const thread = threadWith({ thread: calls });
    await thread.open(100);
    expect(calls).toHaveBeenCalledWith(1, "", 120);
    await thread.open(5000);
    expect(calls).toHaveBeenLastCalledWith(1, "", 200);
  });

  it("shows a message once, however often it is told", async () => {
    const thread = await openThread(page([one]));
    thread.apply([changed(two)], 11, true);
    thread.apply([changed(two), changed({ ...two, text: "edited" })], 12, true);
    expect(ids(thread)).toEqual([1, 2]);
    expect(thread.messages[1]?.text).toBe("edited");
  });

  it("leaves other conversations' messages out", async () => {
    const thread = await openThread(page([one]));
    thread.apply([changed(sampleMessage({ id: 9, conversation: 2 }))], 11, true);
    expect(ids(thread)).toEqual([1]);
  });

  it("puts a late message at its place in time", async () => {
    const thread = await openThread(page([one, three]));
    thread.apply([changed(two)], 11, true);
    expect(ids(thread)).toEqual([1, 2, 3]);
  });

  it("loads what is older before the rest and says so", async () => {
    const calls = vi
      .fn()
      .mockResolvedValueOnce(page([two, three], { before: "x", total: 3 }))
      .mockResolvedValueOnce(page([one], { total: 3 }));
    const thread = threadWith({ thread: calls });
    await thread.open(0);
    await thread.loadOlder();
    expect(calls).toHaveBeenLastCalledWith(1, "x", expect.any(Number));
    expect(ids(thread)).toEqual([1, 2, 3]);
    expect(thread.prepended).toBe(true);
    expect(thread.more).toBe(false);
    thread.apply([changed(sampleMessage({ id: 4, at: 400 }))], 11, true);
    expect(thread.prepended).toBe(false);
  });

  it("leaves what is older than the loaded part to its page", async () => {
    const thread = await openThread(page([two, three], { before: "x" }));
    thread.apply([changed({ ...one, state: "read" })], 11, true);
    expect(ids(thread)).toEqual([2, 3]);
  });

  it("keeps a change that arrived while the page was on its way", async () => {
    const answer = deferred<ThreadPage>();
    const thread = threadWith({ thread: () => answer.promise });
    const opened = thread.open(0);
    thread.apply([changed({ ...three, state: "read" }), changed(two)], 12, true);
    answer.resolve(page([one, three]));
    await opened;
    expect(ids(thread)).toEqual([1, 2, 3]);
    expect(thread.messages[2]?.state).toBe("read");
  });

  it("counts what arrives below what is in view", async () => {
    const thread = await openThread(page([one]));
    thread.atBottom = false;
    thread.apply([changed(two), changed(three)], 11, true);
    expect(thread.below).toBe(1);
    expect(thread.arrived?.id).toBe(2);
  });

  it("draws the line at what arrives while nobody looks", async () => {
    const thread = await openThread(page([one]));
    thread.apply([changed(two)], 11, false);
    thread.apply([changed(sampleMessage({ id: 4, at: 400 }))], 12, false);
    expect(thread.unread.from).toBe(2);
    expect(thread.unread.count).toBe(2);
  });

  it("tells when a message failed", async () => {
    const thread = await openThread(page([three]));
    thread.apply([changed({ ...three, state: "failed", failCode: "send_failed" })], 11, true);
    expect(thread.failed?.id).toBe(3);
  });

  it("says at the message why it could not be taken back", async () => {
    const back = { text: "three", draft: "three" };
    const cancel = vi.fn().mockRejectedValueOnce(new CallError(problem)).mockResolvedValueOnce(back);
    const thread = threadWith({ thread: vi.fn().mockResolvedValue(page([three])), cancel });
    await thread.open(0);
    expect(await thread.cancel(3)).toBeUndefined();
    expect(thread.refusals.get(3)).toEqual(problem);
    expect(await thread.cancel(3)).toEqual(back);
    expect(thread.refusals.size).toBe(0);
  });

  it("asks once for the rest of a text that is shown cut", async () => {
    const fullText = vi.fn().mockResolvedValue("all of it");
    const long = sampleMessage({ text: "all", long: true });
    const thread = threadWith({ thread: vi.fn().mockResolvedValue(page([long])), fullText });
    await thread.open(0);
    expect(await thread.wholeText(long)).toBe("all of it");
    expect(await thread.wholeText(long)).toBe("all of it");
    expect(fullText).toHaveBeenCalledOnce();
    expect(thread.texts.get(1)).toBe("all of it");
  });

  it("says why it could not be read", async () => {
    const thread = threadWith({ thread: vi.fn().mockRejectedValue(new CallError(problem)) });
    await thread.open(0);
    expect(thread.status).toBe("failed");
    expect(thread.problem).toEqual(problem);
  });

  describe("at the beginning", () => {
    const zero = sampleMessage({ id: 9, at: 50 });
    const found = { found: 1, more: true, away: [], silent: [], before: "x" };

    it("knows whether a phone may have older messages", async () => {
      expect((await openThread(page([one], { more: true }))).beyond).toEqual({ kind: "may" });
      expect((await openThread(page([one]))).beyond).toEqual({ kind: "end" });
    });

    it("shows what the phone brings, and that there is no more", async () => {
      const answer = deferred<Older>();
      const pages = vi
        .fn()
        .mockResolvedValueOnce(page([one], { more: true }))
        .mockResolvedValueOnce(page([zero, one]));
      const older = vi.fn().mockReturnValueOnce(answer.promise);
      const thread = threadWith({ thread: pages, older });
      await thread.open(0);
      const asked = thread.askPhone();
      void thread.askPhone();
      expect(thread.beyond).toEqual({ kind: "asking" });
      answer.resolve({ ...found, more: false });
      await asked;
      expect(older).toHaveBeenCalledOnce();
      expect(pages).toHaveBeenLastCalledWith(1, "x", 80);
      expect(ids(thread)).toEqual([9, 1]);
      expect(thread.beyond).toEqual({ kind: "end" });
    });

    it("says why a phone could not be asked", async () => {
      const older = vi
        .fn()
        .mockResolvedValueOnce({ ...found, found: 0, away: [7] })
        .mockResolvedValueOnce({ ...found, found: 0, away: [7], silent: [8] })
        .mockRejectedValueOnce(new CallError(problem));
      const thread = threadWith({ thread: vi.fn().mockResolvedValue(page([one], { more: true })), older });
      await thread.open(0);
      await thread.askPhone();
      expect(thread.beyond).toEqual({ kind: "away", devices: [7] });
      await thread.askPhone();
      expect(thread.beyond).toEqual({ kind: "silent" });
      await thread.askPhone();
      expect(thread.beyond).toEqual({ kind: "failed", problem });
    });

    it("takes in history that arrives while it is open", async () => {
      const pages = vi
        .fn()
        .mockResolvedValueOnce(page([two]))
        .mockResolvedValueOnce(page([one, two, three], { before: "x" }));
      const thread = threadWith({ thread: pages });
      await thread.open(0);
      thread.apply([{ topic: "filled", id: 2, gone: false, value: null }], 11, true);
      expect(pages).toHaveBeenCalledOnce();
      thread.apply([{ topic: "filled", id: 1, gone: false, value: null }], 12, true);
      await vi.waitFor(() => expect(ids(thread)).toEqual([1, 2, 3]));
      expect(thread.more).toBe(true);
    });
  });
});

describe("a thread that is opened at a message", () => {
  async function openedAt(message: number, part: Partial<ThreadCalls> = {}) {
    const around = vi.fn(async () => page([one, two], { before: "b", after: "a" }));
    const thread = threadWith({ around, ...part });
    await thread.openAt(message);
    return { thread, around };
  }

  it("shows the part around it, and asks anew only for what is not there", async () => {
    const { thread, around } = await openedAt(1);
    expect(thread.goal).toEqual({ message: 1 });
    expect([ids(thread), thread.more, thread.newer]).toEqual([[1, 2], true, true]);
    await thread.openAt(2);
    expect(thread.goal).toEqual({ message: 2 });
    expect(around).toHaveBeenCalledOnce();
  });

  it("counts what arrives below and does not put it behind a hole", async () => {
    const { thread } = await openedAt(1);
    thread.apply([changed(sampleMessage({ id: 9, at: 900 }))], 11, true);
    expect([ids(thread), thread.below]).toEqual([[1, 2], 1]);
  });

  it("reads on up to the newest, and then takes what arrives", async () => {
    const after = vi.fn(async () => page([three]));
    const { thread } = await openedAt(1, { after });
    await thread.loadNewer();
    expect(after).toHaveBeenCalledWith(1, "a", expect.any(Number));
    expect([ids(thread), thread.more, thread.newer]).toEqual([[1, 2, 3], true, false]);
    thread.apply([changed(sampleMessage({ id: 9, at: 900 }))], 11, true);
    expect(ids(thread)).toEqual([1, 2, 3, 9]);
    expect(thread.lastOut).toBe(0);
  });

  it("goes to the newest with what is sent from there", async () => {
    const sent = sampleMessage({ id: 20, at: 950, out: true, state: "queued" });
    const { thread } = await openedAt(1, { thread: vi.fn(async () => page([three, sent])) });
    thread.add(sent);
    await vi.waitFor(() => expect(ids(thread)).toEqual([3, 20]));
    expect([thread.newer, thread.lastOut]).toEqual([false, 20]);
  });

  it("comes back to it after changes were missed", async () => {
    const { thread, around } = await openedAt(2);
    await thread.refresh();
    expect(around).toHaveBeenCalledTimes(2);
    expect(thread.goal).toEqual({ message: 2 });
  });

  it("says why it could not be read", async () => {
    const { thread } = await openedAt(1, { around: vi.fn().mockRejectedValue(new CallError(problem)) });
    expect(thread.status).toBe("failed");
  });
});
