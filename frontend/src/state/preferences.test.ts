import { describe, expect, it } from "vitest";
import { CallError } from "../api/problem";
import type { Settings } from "../api/types";
import { deferred } from "../test/deferred";
import { Preferences } from "./preferences.svelte";
import { SubaccountDialog } from "./subaccountDialog.svelte";
import { sampleSettings, sampleSubaccount } from "../test/samples";

const refusal = new CallError({ code: "conflict", message: "", detail: {}, action: "" });
const settings: Settings = sampleSettings();

describe("preferences", () => {
  it("show at once and are saved whole", async () => {
    const saved: Settings[] = [];
    const preferences = new Preferences({
      set: (next) => {
        saved.push(next);
        return Promise.resolve(next);
      },
    });
    preferences.load(settings);
    const change = preferences.change({ theme: "dark" });
    expect(preferences.current.theme).toBe("dark");
    await change;
    expect(saved).toEqual([{ ...settings, theme: "dark" }]);
  });

  it("go back to what was saved when they cannot be", async () => {
    const preferences = new Preferences({ set: () => Promise.reject(refusal) });
    preferences.load(settings);
    await preferences.change({ readReceipts: false });
    expect(preferences.current.readReceipts).toBe(true);
    expect(preferences.problem?.code).toBe("conflict");
  });

  it("follow what another window changed", () => {
    const preferences = new Preferences({ set: (next) => Promise.resolve(next) });
    preferences.apply([{ topic: "settings", id: 1, gone: false, value: { ...settings, theme: "light" } }]);
    expect(preferences.current.theme).toBe("light");
  });

  it("keep the last of two changes, whichever is answered first", async () => {
    const answers = [deferred<Settings>(), deferred<Settings>()];
    let asked = 0;
    const preferences = new Preferences({ set: () => answers[asked++]?.promise ?? Promise.reject(refusal) });
    preferences.load(settings);
    const first = preferences.change({ theme: "dark" });
    const second = preferences.change({ theme: "light" });
    answers[1]?.resolve({ ...settings, theme: "light" });
    answers[0]?.resolve({ ...settings, theme: "dark" });
    await Promise.all([first, second]);
    expect(preferences.current.theme).toBe("light");
  });
});

describe("the dialog of a subaccount", () => {
  const made = sampleSubaccount({ id: 5, name: "Ana", initials: "AN", colour: "teal", position: 0 });

  it("tells of the subaccount that it created and closes", async () => {
    const created: number[] = [];
    const calls = {
      createSubaccount: () => Promise.resolve(made),
      renameSubaccount: () => Promise.resolve(made),
      notifySubaccount: () => Promise.resolve(made),
      keepDeleted: () => Promise.resolve(made),
      setFetchPolicy: () => Promise.resolve(made),
      setBusinessHours: () => Promise.resolve(made),
    };
    const dialog = new SubaccountDialog(calls, ({ id }) => created.push(id));
    dialog.create();
    await dialog.save("Ana");
    expect(created).toEqual([5]);
    expect(dialog.open).toBe(false);
    dialog.edit(made);
    await dialog.save("Eva");
    expect(created).toEqual([5]);
  });

  it("stays open with the reason when the name is refused, and forgets it when opened again", async () => {
    const calls = {
      createSubaccount: () => Promise.reject(refusal),
      renameSubaccount: () => Promise.reject(refusal),
      notifySubaccount: () => Promise.reject(refusal),
      keepDeleted: () => Promise.reject(refusal),
      setFetchPolicy: () => Promise.reject(refusal),
      setBusinessHours: () => Promise.reject(refusal),
    };
    const dialog = new SubaccountDialog(calls, () => undefined);
    dialog.create();
    await dialog.save("Ana");
    expect([dialog.open, dialog.problem?.code, dialog.busy]).toEqual([true, "conflict", false]);
    dialog.edit(made);
    expect(dialog.problem).toBeNull();
  });
});
