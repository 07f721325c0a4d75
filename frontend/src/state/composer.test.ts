import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CallError } from "../api/problem";
import type { Message } from "../api/types";
import { attachCalls } from "../test/attaching";
import { deferred } from "../test/deferred";
import { sampleConversation, sampleMessage } from "../test/samples";
import { Attachments } from "./attachments.svelte";
import { Composer, type ComposerCalls } from "./composer.svelte";

const problem = { code: "no_device", message: "", detail: {}, action: "" };
const PAUSE = 600;

function composerWith(part: Partial<ComposerCalls> = {}, draft = "") {
  const calls = {
    send: vi.fn<ComposerCalls["send"]>().mockResolvedValue(sampleMessage({ id: 7, out: true, state: "queued" })),
    schedule: vi
      .fn<ComposerCalls["schedule"]>()
      .mockResolvedValue(sampleMessage({ id: 8, out: true, state: "scheduled" })),
    setDraft: vi.fn<ComposerCalls["setDraft"]>().mockResolvedValue(),
    route: vi.fn<ComposerCalls["route"]>().mockResolvedValue({ device: 1, reason: "only", sends: true }),
  };
  return {
    composer: new Composer(sampleConversation({ draft }), { ...calls, ...part }, new Attachments(1, attachCalls())),
    calls,
  };
}

describe("Composer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("begins with the draft", () => {
    expect(composerWith({}, "Hola").composer.text).toBe("Hola");
  });

  it("saves the draft once, after a pause", async () => {
    const { composer, calls } = composerWith();
    composer.edit("H");
    composer.edit("Ho");
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(calls.setDraft.mock.calls).toEqual([[1, "Ho"]]);
  });

  it("saves the draft at once when it is left, and not again when nothing changed", async () => {
    const { composer, calls } = composerWith();
    composer.edit("Ho");
    await composer.flush();
    await composer.flush();
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(calls.setDraft.mock.calls).toEqual([[1, "Ho"]]);
  });

  it("tries again to save a draft that could not be saved", async () => {
    const setDraft = vi
      .fn<ComposerCalls["setDraft"]>()
      .mockRejectedValueOnce(new CallError(problem))
      .mockResolvedValue();
    const { composer } = composerWith({ setDraft });
    composer.edit("Ho");
    await composer.flush();
    await composer.flush();
    expect(setDraft).toHaveBeenCalledTimes(2);
  });

  it("empties the field at once when it sends", async () => {
    const answer = deferred<Message>();
    const { composer } = composerWith({ send: () => answer.promise });
    composer.edit("Hola");
    const sent = composer.send();
    expect(composer.text).toBe("");
    answer.resolve(sampleMessage({ id: 7 }));
    expect((await sent).map(({ id }) => id)).toEqual([7]);
  });

  it("sends only after the draft before it was saved, so that the draft does not come back", async () => {
    const saving = deferred<undefined>();
    const { composer, calls } = composerWith({ setDraft: () => saving.promise });
    composer.edit("Hola");
    void composer.flush();
    await vi.advanceTimersByTimeAsync(0);
    const sent = composer.send();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.send).not.toHaveBeenCalled();
    saving.resolve(undefined);
    await sent;
    expect(calls.send).toHaveBeenCalledOnce();
  });

  it("gives the text back when it was refused, before what was written since", async () => {
    const answer = deferred<Message>();
    const { composer } = composerWith({ send: () => answer.promise });
    composer.edit("first");
    const sent = composer.send();
    composer.edit("second");
    answer.reject(new CallError(problem));
    expect(await sent).toEqual([]);
    expect(composer.text).toBe("first\nsecond");
    expect(composer.problem).toEqual(problem);
  });

  it.each(["", "  \n", "a".repeat(64 * 1024 + 1)])("does not send what can't be sent", async (text) => {
    const { composer, calls } = composerWith();
    composer.edit(text);
    await composer.send();
    expect(calls.send).not.toHaveBeenCalled();
    expect(composer.text).toBe(text);
  });

  it("takes a draft from another window unless something is being written", () => {
    const { composer } = composerWith({}, "one");
    composer.adopt("two");
    expect(composer.text).toBe("two");
    composer.edit("three");
    composer.adopt("four");
    expect(composer.text).toBe("three");
  });

  describe("a message that is taken back", () => {
    const takeBack = (composer: Composer, draft: string) =>
      composer.takeBack(() => Promise.resolve({ text: "Hola", draft }));

    it("has its text in the field, and in the draft already", async () => {
      const { composer, calls } = composerWith();
      expect(await takeBack(composer, "Hola")).toBe(true);
      expect(composer.text).toBe("Hola");
      await composer.flush();
      expect(calls.setDraft).not.toHaveBeenCalled();
    });

    it("stands before what was written since, which is saved first", async () => {
      const { composer, calls } = composerWith();
      composer.edit("Ana");
      await takeBack(composer, "Hola\nAna");
      expect(calls.setDraft.mock.calls).toEqual([[1, "Ana"]]);
      expect(composer.text).toBe("Hola\nAna");
    });

    it("stands there once when the feed has brought the draft before", async () => {
      const { composer } = composerWith();
      await composer.takeBack(() => {
        composer.adopt("Hola");
        return Promise.resolve({ text: "Hola", draft: "Hola" });
      });
      expect(composer.text).toBe("Hola");
    });

    it("keeps what is typed while it is on its way", async () => {
      const { composer, calls } = composerWith();
      await composer.takeBack(() => {
        composer.edit("¿Y");
        composer.adopt("Hola");
        return Promise.resolve({ text: "Hola", draft: "Hola" });
      });
      expect(composer.text).toBe("Hola\n¿Y");
      await composer.flush();
      expect(calls.setDraft.mock.calls).toEqual([[1, "Hola\n¿Y"]]);
    });

    it("changes nothing when it was too late", async () => {
      const { composer } = composerWith({}, "Ana");
      expect(await composer.takeBack(() => Promise.resolve(undefined))).toBe(false);
      expect(composer.text).toBe("Ana");
    });
  });
});
