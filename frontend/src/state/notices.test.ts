import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change, Notice, NoticeKind } from "../api/types";
import { Notices } from "./notices.svelte";

const notice = (id: number, kind: NoticeKind, ...devices: number[]): Notice => ({
  id,
  kind,
  at: id,
  items: devices.map((device) => ({ subaccount: 1, device, kind, cause: "network_down" })),
});
const told = (value: Notice): Change[] => [{ topic: "notice", id: value.id, gone: false, value }];
const engine = () => ({ readNotices: vi.fn(async (_upTo: number) => undefined) });
const shown = (notices: Notices) => notices.shown.map(({ id }) => id);

describe("notices", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are shown in the page only where the system shows none", () => {
    const notices = new Notices(engine());
    notices.apply(told(notice(1, "offline", 1)), false);
    expect(shown(notices)).toEqual([]);
    notices.apply(told(notice(2, "offline", 2)), true);
    expect(shown(notices)).toEqual([2]);
    expect(notices.all.map(({ id }) => id)).toEqual([2, 1]);
  });

  it("of before this window looked are kept and not shown", () => {
    const notices = new Notices(engine());
    notices.load([notice(1, "offline", 1), notice(2, "attention", 2)], 0);
    expect(notices.all.map(({ id }) => id)).toEqual([2, 1]);
    expect(shown(notices)).toEqual([]);
  });

  it("that a device is back take the place of what was said of it, and go by themselves", () => {
    const notices = new Notices(engine());
    notices.apply(told(notice(1, "offline", 1)), true);
    notices.apply(told(notice(2, "attention", 2)), true);
    notices.apply(told(notice(3, "back", 1)), true);
    expect(shown(notices)).toEqual([3, 2]);
    vi.advanceTimersByTime(60_000);
    expect(shown(notices)).toEqual([2]);
  });

  it("of several devices stay while one of them is not told of anew", () => {
    const notices = new Notices(engine());
    notices.apply(told(notice(1, "several", 1, 2)), true);
    notices.apply(told(notice(2, "back", 1)), true);
    expect(shown(notices)).toEqual([2, 1]);
  });

  it("can be dismissed", () => {
    const notices = new Notices(engine());
    notices.apply(told(notice(1, "attention", 1)), true);
    notices.dismiss(1);
    expect(shown(notices)).toEqual([]);
  });

  it("are unread until somebody looks, here or in another window", async () => {
    const calls = engine();
    const notices = new Notices(calls);
    notices.load([notice(1, "offline", 1), notice(2, "attention", 2)], 1);
    expect(notices.unread).toBe(1);
    notices.apply(told(notice(3, "back", 1)), false);
    expect(notices.unread).toBe(2);
    await notices.look();
    expect(notices.unread).toBe(0);
    await notices.look();
    expect(calls.readNotices.mock.calls).toEqual([[3]]);
    notices.apply(told(notice(4, "offline", 1)), false);
    notices.apply([{ topic: "notices_read", id: 4, gone: false, value: null }], false);
    expect(notices.unread).toBe(0);
  });

  it("stay unread when the engine does not take that they were read", async () => {
    const notices = new Notices({ readNotices: () => Promise.reject(new Error("away")) });
    notices.load([notice(1, "offline", 1)], 0);
    await notices.look();
    expect(notices.unread).toBe(1);
  });
});
