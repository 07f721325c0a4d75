import { describe, expect, it, vi } from "vitest";
import { CallError } from "../api/problem";
import { deferred } from "../test/deferred";
import { sampleDevice } from "../test/samples";
import { Deeds, type DeviceCalls } from "./deeds.svelte";

const refusal = new CallError({ code: "not_connected", message: "", detail: {}, action: "" });
const device = sampleDevice({ id: 7, subaccount: 2 });

function set() {
  const done: string[] = [];
  const answer = vi.fn<(call: string) => Promise<unknown>>((call) => {
    done.push(call);
    return Promise.resolve();
  });
  const calls: DeviceCalls = {
    updateDevice: (id, settings) => answer(`update ${id} ${JSON.stringify(settings)}`),
    removeDevice: (id) => answer(`remove ${id}`),
    tryNow: (id) => answer(`tryNow ${id}`),
    pause: (id) => answer(`pause ${id}`),
    resume: (id) => answer(`resume ${id}`),
    takeBack: (id) => answer(`takeBack ${id}`),
    checkNow: (id) => answer(`checkNow ${id}`),
    unlink: (id) => answer(`unlink ${id}`),
  };
  const ways = {
    link: ({ id }: { id: number }) => done.push(`link ${id}`),
    open: ({ id }: { id: number }) => done.push(`open ${id}`),
  };
  return { deeds: new Deeds(calls, ways), done, answer };
}

describe("what is done to devices", () => {
  it.each([
    ["link", "link 7"],
    ["open", "open 7"],
    ["try_now", "tryNow 7"],
    ["resume", "resume 7"],
    ["check_now", "checkNow 7"],
  ] as const)("%s at once", (deed, call) => {
    const { deeds, done } = set();
    deeds.perform(device, deed);
    expect(done).toEqual([call]);
  });

  it("asks before a link is taken back, and does nothing when the answer is no", async () => {
    const { deeds, done } = set();
    deeds.perform(device, "take_back");
    expect(deeds.question?.question).toBe("take_back");
    deeds.refrain();
    await deeds.confirm();
    expect(done).toEqual([]);
    deeds.perform(device, "take_back");
    await deeds.confirm();
    expect(done).toEqual(["takeBack 7"]);
    expect(deeds.question).toBeNull();
  });

  it.each([
    ["unlink", "unlink 7"],
    ["remove", "remove 7"],
  ] as const)("asks before it does %s", async (question, call) => {
    const { deeds, done } = set();
    deeds.ask(device, question);
    expect(done).toEqual([]);
    await deeds.confirm();
    expect(done).toEqual([call]);
  });

  it("knows which device is busy, and what was refused to whom", async () => {
    const { deeds, answer } = set();
    const way = deferred<unknown>();
    answer.mockReturnValueOnce(way.promise);
    deeds.perform(device, "try_now");
    expect([deeds.busy(7), deeds.busy(8)]).toEqual([true, false]);
    way.reject(refusal);
    await vi.waitFor(() => expect(deeds.refused?.device).toBe(7));
    expect(deeds.refused?.problem.code).toBe("not_connected");
    expect(deeds.busy(7)).toBe(false);
    deeds.forget();
    expect(deeds.refused).toBeNull();
  });

  it("says whether pausing worked", async () => {
    const { deeds, answer } = set();
    expect(await deeds.pause(7)).toBe(true);
    answer.mockRejectedValueOnce(refusal);
    expect(await deeds.resume(7)).toBe(false);
  });

  it("saves one part of the settings and leaves the others", async () => {
    const { deeds, done, answer } = set();
    expect(await deeds.update(7, { label: "Front" })).toBeNull();
    expect(done).toEqual([
      'update 7 {"label":"Front","purpose":null,"priority":null,"favorite":null,"colour":null,"notify":null}',
    ]);
    answer.mockRejectedValueOnce(refusal);
    expect((await deeds.update(7, { favorite: true }))?.code).toBe("not_connected");
    expect(deeds.refused).toBeNull();
  });
});
