import { beforeEach, expect, it, vi } from "vitest";

import type { Hit, SearchPage } from "../api/types";
import { deferred } from "../test/deferred";
import { sampleConversation, sampleMessage } from "../test/samples";
import { Search } from "./search.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

function hit(id: number): Hit {
  return { message: sampleMessage({ id }), conversation: sampleConversation(), parts: [{ text: "x", found: true }] };
}

function page(...ids: number[]): SearchPage {
  return { hits: ids.map(hit), next: "", nothing: false, unread: 0 };
}

function searchOf() {
  const calls = {
    messages: vi.fn<(query: unknown) => Promise<SearchPage>>(async () => page(1)),
    names: vi.fn(async () => ({ items: [sampleConversation({ id: 9 })], total: 1 })),
  };
  return { search: new Search(calls), calls };
}

it("looks once nothing more is typed", async () => {
  const { search, calls } = searchOf();
  search.type("pre");
  search.type("prec");
  expect(search.status).toBe("searching");
  await vi.runAllTimersAsync();
  expect(calls.messages).toHaveBeenCalledOnce();
  expect(calls.messages).toHaveBeenCalledWith(expect.objectContaining({ text: "prec", subaccount: 0, kinds: [] }));
  expect(search.found.map((found) => found.kind)).toEqual(["name", "hit"]);
});

it("drops the answer to what was typed before", async () => {
  const { search, calls } = searchOf();
  const slow = deferred<SearchPage>();
  calls.messages.mockReturnValueOnce(slow.promise);
  search.type("a");
  await vi.runAllTimersAsync();
  search.type("ab");
  await vi.runAllTimersAsync();
  slow.resolve(page(7, 8));
  await vi.runAllTimersAsync();
  expect(search.hits.map(({ message }) => message.id)).toEqual([1]);
});

it("shows conversations only while nothing else is asked", async () => {
  const { search, calls } = searchOf();
  search.type("ana");
  search.narrow({ kinds: "picture", direction: "in" });
  await vi.runAllTimersAsync();
  expect(calls.names).not.toHaveBeenCalled();
  expect(calls.messages).toHaveBeenLastCalledWith(
    expect.objectContaining({ kinds: ["image", "video", "gif", "sticker"], direction: "in" }),
  );
});

it("takes nothing that was typed or asked to another subaccount", async () => {
  const { search } = searchOf();
  search.type("ana");
  search.narrow({ direction: "out" });
  await vi.runAllTimersAsync();
  search.show(2);
  expect(search.active).toBe(false);
  expect(search.found).toEqual([]);
  expect(search.filter.direction).toBe("");
});

it("reads on where the page ended, each message once", async () => {
  const { search, calls } = searchOf();
  calls.messages.mockResolvedValueOnce({ ...page(5, 4), next: "c4" });
  search.type("x");
  await vi.runAllTimersAsync();
  calls.messages.mockResolvedValueOnce(page(4, 3));
  await search.loadMore();
  expect(calls.messages).toHaveBeenLastCalledWith(expect.objectContaining({ cursor: "c4" }));
  expect(search.hits.map(({ message }) => message.id)).toEqual([5, 4, 3]);
  await search.loadMore();
  expect(calls.messages).toHaveBeenCalledTimes(2);
});

it("says why it failed, and steps within what was found", async () => {
  const { search, calls } = searchOf();
  calls.messages.mockRejectedValueOnce(new Error("gone"));
  search.type("x");
  await vi.runAllTimersAsync();
  expect(search.status).toBe("failed");
  await search.run();
  expect(search.status).toBe("ready");
  search.step(-1);
  expect(search.chosen).toBe(0);
  search.step(1);
  search.step(1);
  expect(search.chosen).toBe(1);
});
