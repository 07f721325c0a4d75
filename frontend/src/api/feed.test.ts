import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deferred } from "../test/deferred";
import { AGAIN_MS, Feed } from "./feed";
import { CallError } from "./problem";
import type { Listener, Transport } from "./transport";
import type { Snapshot } from "./types";
import { sampleSettings } from "../test/samples";

const snapshot = (seq: number): Snapshot => ({
  seq,
  subaccounts: [],
  devices: [],
  removed: [],
  unread: [],
  settings: sampleSettings({ notifyOfflineAfterMs: 1 }),
  rest: { sleeps: [], late: [], waits: 0, awake: "off" },
  pairings: [],
  notices: [],
  noticesRead: 0,
  history: [],
});

function connect() {
  let to: Listener | undefined;
  const transport: Transport = {
    call: () => Promise.reject(new Error("not called here")),
    listen: (listener) => {
      to = listener;
      return () => (to = undefined);
    },
  };
  const told: string[] = [];
  const answers = [deferred<Snapshot>(), deferred<Snapshot>(), deferred<Snapshot>()];
  let asked = 0;
  const feed = new Feed(
    () => {
      const answer = answers[asked++];
      return answer === undefined ? Promise.reject(new Error("asked too often")) : answer.promise;
    },
    {
      snapshot: ({ seq }, again) => told.push(`snapshot ${seq}${again ? " again" : ""}`),
      changes: (_, seq) => told.push(`changes ${seq}`),
      lost: () => told.push("lost"),
      failed: ({ code }) => told.push(`failed ${code}`),
      openDevice: ({ device }) => told.push(`open ${device}`),
    },
  );
  const stop = feed.start(transport);
  const listener = (): Listener => {
    if (to === undefined) throw new Error("nobody listens");
    return to;
  };
  return { told, answers, stop, listener, asked: () => asked, listening: () => to !== undefined };
}

describe("the feed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells a snapshot first and then what came while it was on its way", async () => {
    const { told, answers, listener } = connect();
    listener().connected();
    listener().batch({ first: 3, seq: 4, changes: [], reset: false });
    listener().batch({ first: 4, seq: 5, changes: [], reset: false });
    answers[0]?.resolve(snapshot(4));
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["snapshot 4", "changes 5"]);
  });

  it("takes a new snapshot after a reconnection and drops the answer to the one before", async () => {
    const { told, answers, listener } = connect();
    listener().connected();
    listener().lost();
    listener().connected();
    answers[0]?.resolve(snapshot(7));
    answers[1]?.resolve(snapshot(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["lost", "snapshot 2"]);
    listener().lost();
    listener().connected();
    answers[2]?.resolve(snapshot(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(told.slice(2)).toEqual(["lost", "snapshot 1 again"]);
  });

  it("takes a new snapshot after a gap", async () => {
    const { told, answers, listener, asked } = connect();
    listener().connected();
    answers[0]?.resolve(snapshot(1));
    await vi.advanceTimersByTimeAsync(0);
    listener().batch({ first: 5, seq: 6, changes: [], reset: false });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked()).toBe(2);
    answers[1]?.resolve(snapshot(5));
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["snapshot 1", "snapshot 5 again", "changes 6"]);
  });

  it("says why there is no snapshot, and asks again", async () => {
    const { told, answers, listener } = connect();
    listener().connected();
    answers[0]?.reject(new CallError({ code: "unauthorized", message: "", detail: {}, action: "" }));
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["failed unauthorized"]);
    answers[1]?.resolve(snapshot(3));
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect(told).toEqual(["failed unauthorized", "snapshot 3"]);
  });

  it("passes on which device a notification was about, and stops when told to", () => {
    const { told, listener, stop, listening } = connect();
    listener().openDevice({ subaccount: 1, device: 9 });
    expect(told).toEqual(["open 9"]);
    stop();
    expect(listening()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
