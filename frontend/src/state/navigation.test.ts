import { describe, expect, it } from "vitest";
import { hashOf, Navigation, placeOf, type History } from "./navigation.svelte";

/** A window's history, as far as the navigation uses it. */
function browser(hash = "") {
  const entries = [hash];
  let at = 0;
  let listener: (() => void) | undefined;
  const window: History = {
    get location() {
      return { hash: entries[at] ?? "" };
    },
    history: {
      pushState: (_data, _unused, url) => {
        entries.splice(++at, entries.length, url);
      },
      replaceState: (_data, _unused, url) => {
        entries[at] = url;
      },
      back: () => {
        at--;
        listener?.();
      },
    },
    addEventListener: (_type, added) => (listener = added),
    removeEventListener: () => (listener = undefined),
  };
  return { window, entries, listening: () => listener !== undefined };
}

describe("an address", () => {
  it.each([
    { view: "fleet", subaccount: 3, device: 7 },
    { view: "inbox", subaccount: 0, device: 0 },
    { view: "settings", subaccount: 12, device: 0 },
  ] as const)("names %o and is read back", (place) => {
    expect(placeOf(hashOf(place))).toEqual(place);
  });

  it.each(["", "#", "#/x/fleet", "#/1/nowhere", "#/1", "#/1/fleet/-2", "#/1/fleet/9999999999999999"])(
    "%j names no place",
    (hash) => {
      expect(placeOf(hash)).toBeUndefined();
    },
  );

  it("of another view has no device", () => {
    expect(placeOf("#/1/inbox/7")?.device).toBe(0);
  });
});

describe("the navigation", () => {
  it("begins where the address says, or else where it is told", () => {
    const named = new Navigation(browser("#/2/fleet/5").window);
    named.begin({ view: "inbox", subaccount: 0, device: 0 });
    expect(named.place).toEqual({ view: "fleet", subaccount: 2, device: 5 });

    const { window, entries } = browser();
    const told = new Navigation(window);
    told.begin({ view: "inbox", subaccount: 0, device: 0 });
    expect(told.place.view).toBe("inbox");
    expect(entries).toEqual(["#/0/inbox"]);
  });

  it("keeps the view when another subaccount comes into focus, and leaves a device's page", () => {
    const navigation = new Navigation(browser("#/1/fleet/5").window);
    navigation.focus(2);
    expect(navigation.place).toEqual({ view: "fleet", subaccount: 2, device: 0 });
    navigation.show("inbox");
    navigation.focus(3);
    expect(navigation.place).toEqual({ view: "inbox", subaccount: 3, device: 0 });
  });

  it("goes back the way it came", () => {
    const { window, listening } = browser("#/1/inbox");
    const navigation = new Navigation(window);
    const stop = navigation.follow();
    navigation.openDevice({ subaccount: 2, device: 9 });
    navigation.closeDevice();
    window.history.back();
    expect(navigation.place).toEqual({ view: "fleet", subaccount: 2, device: 9 });
    window.history.back();
    expect(navigation.place).toEqual({ view: "inbox", subaccount: 1, device: 0 });
    stop();
    expect(listening()).toBe(false);
  });

  it("returns from a device's page to the fleet that it was opened from", () => {
    const navigation = new Navigation(browser("#/0/fleet").window);
    navigation.openDevice({ subaccount: 2, device: 9 });
    navigation.openDevice({ subaccount: 3, device: 10 });
    navigation.closeDevice();
    expect(navigation.place).toEqual({ view: "fleet", subaccount: 0, device: 0 });
    navigation.show("inbox");
    navigation.openDevice({ subaccount: 2, device: 9 });
    navigation.closeDevice();
    expect(navigation.place).toEqual({ view: "fleet", subaccount: 2, device: 0 });
  });

  it("makes no step to where it is already", () => {
    const { window, entries } = browser("#/1/inbox");
    new Navigation(window).show("inbox");
    expect(entries).toEqual(["#/1/inbox"]);
  });
});
