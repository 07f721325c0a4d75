import { describe, expect, it, vi } from "vitest";
import { CallError } from "../api/problem";
import type { Message, Rest as RestData } from "../api/types";
import { sampleLate, sampleMessage } from "../test/samples";
import { Rest } from "./rest.svelte";

function waiting(...ids: number[]): RestData {
  return { sleeps: [], late: ids.map((id) => sampleLate({ id })), waits: ids.length, awake: "off" };
}

function open(...ids: number[]) {
  let now = waiting(...ids);
  const calls = {
    rest: vi.fn(async () => now),
    sendLate: vi.fn(async (messages: readonly number[]) => {
      now = waiting(...now.late.map(({ id }) => id).filter((id) => !messages.includes(id)));
    }),
    sendAllLate: vi.fn(async () => void (now = waiting())),
    cancel: vi.fn(async (message: number) => {
      now = waiting(...now.late.map(({ id }) => id).filter((id) => id !== message));
    }),
  };
  const rest = new Rest(calls);
  rest.load(now);
  return { rest, calls, become: (to: RestData) => (now = to) };
}

const ids = (rest: Rest) => rest.current.late.map(({ id }) => id);

describe("what was due in a sleep", () => {
  it("goes one by one or all at once, and the dialog ends with the last one", async () => {
    const { rest } = open(1, 2, 3);
    rest.review();
    await rest.send(2);
    expect(ids(rest)).toEqual([1, 3]);
    await rest.remove(1);
    expect(ids(rest)).toEqual([3]);
    expect(rest.reviewing).toBe(true);
    await rest.sendAll();
    expect(rest.current.waits).toBe(0);
    expect(rest.reviewing).toBe(false);
  });

  it("is asked for once, however often a button is pressed", async () => {
    const { rest, calls } = open(1);
    await Promise.all([rest.sendAll(), rest.sendAll()]);
    expect(calls.sendAllLate).toHaveBeenCalledOnce();
  });

  it("says why it was not done, and shows what is true", async () => {
    const { rest, calls, become } = open(1, 2);
    rest.review();
    calls.cancel.mockRejectedValueOnce(new CallError({ code: "conflict", message: "", detail: {}, action: "" }));
    become(waiting(2));
    await rest.remove(1);
    expect(rest.problem?.code).toBe("conflict");
    expect(ids(rest)).toEqual([2]);
    rest.review();
    expect(rest.problem).toBeNull();
  });

  it("follows the engine, and looks again when one of them is answered elsewhere", async () => {
    const { rest, calls, become } = open();
    rest.apply([{ topic: "rest", id: 0, gone: false, value: waiting(1, 2, 3) }]);
    expect(rest.current.waits).toBe(3);
    const tell = (id: number, state: Message["state"]) =>
      rest.apply([{ topic: "message", id, gone: false, value: sampleMessage({ id, out: true, state }) }]);
    tell(1, "queued");
    tell(9, "sent");
    expect(calls.rest).not.toHaveBeenCalled();
    become(waiting(2, 3));
    tell(1, "sent");
    await vi.waitFor(() => expect(ids(rest)).toEqual([2, 3]));
    become(waiting(3));
    rest.apply([{ topic: "message", id: 2, gone: true, value: null }]);
    await vi.waitFor(() => expect(ids(rest)).toEqual([3]));
  });

  it("is not set back by an older answer", async () => {
    const { rest, calls } = open(1);
    let answer: (rest: RestData) => void = () => undefined;
    calls.rest.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    rest.apply([{ topic: "message", id: 1, gone: true, value: null }]);
    rest.apply([{ topic: "rest", id: 0, gone: false, value: waiting(5) }]);
    answer(waiting());
    await Promise.resolve();
    expect(ids(rest)).toEqual([5]);
  });
});
