import { describe, expect, it } from "vitest";
import { keyCommand, type Pressed } from "./keys";
import { arrowTarget } from "./roving";

const press = (part: Partial<Pressed>): Pressed => ({
  key: "",
  code: "",
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...part,
});

describe("keys that work everywhere", () => {
  it("choose views with Ctrl and a digit, on macOS with Cmd", () => {
    const two = { key: "2", code: "Digit2" };
    expect(keyCommand(press({ ...two, ctrlKey: true }), false)).toEqual({ kind: "view", place: 1 });
    expect(keyCommand(press({ ...two, metaKey: true }), true)).toEqual({ kind: "view", place: 1 });
    expect(keyCommand(press({ ...two, metaKey: true }), false)).toBeUndefined();
    expect(keyCommand(press({ key: "0", code: "Digit0", ctrlKey: true }), false)).toBeUndefined();
  });

  it("choose subaccounts with Alt and a digit, on macOS with Ctrl, whatever the layout prints", () => {
    expect(keyCommand(press({ key: "à", code: "Digit0", altKey: true }), false)).toEqual({
      kind: "subaccount",
      place: 0,
    });
    expect(keyCommand(press({ key: "9", code: "Numpad9", altKey: true }), false)).toEqual({
      kind: "subaccount",
      place: 9,
    });
    expect(keyCommand(press({ key: "3", code: "Digit3", ctrlKey: true }), true)).toEqual({
      kind: "subaccount",
      place: 3,
    });
  });

  it("go to the next unread and to the next pane", () => {
    expect(keyCommand(press({ key: "ArrowDown", altKey: true }), false)).toEqual({ kind: "unread", step: 1 });
    expect(keyCommand(press({ key: "ArrowUp", altKey: true }), false)).toEqual({ kind: "unread", step: -1 });
    expect(keyCommand(press({ key: "F6" }), false)).toEqual({ kind: "pane", step: 1 });
    expect(keyCommand(press({ key: "F6", shiftKey: true }), false)).toEqual({ kind: "pane", step: -1 });
  });

  it("leave everything else alone", () => {
    expect(keyCommand(press({ key: "2", code: "Digit2" }), false)).toBeUndefined();
    expect(keyCommand(press({ key: "@", code: "Digit2", ctrlKey: true, altKey: true }), false)).toBeUndefined();
    expect(keyCommand(press({ key: "2", code: "Digit2", ctrlKey: true, shiftKey: true }), false)).toBeUndefined();
  });
});

describe("arrows in a list", () => {
  const keys = { back: ["ArrowUp"], on: ["ArrowDown"] };

  it("stop at both ends", () => {
    expect(arrowTarget("ArrowUp", 0, 3, keys)).toBe(0);
    expect(arrowTarget("ArrowDown", 2, 3, keys)).toBe(2);
    expect(arrowTarget("ArrowDown", 0, 3, keys)).toBe(1);
  });

  it("are joined by Home and End, and nothing else", () => {
    expect(arrowTarget("End", 0, 3, keys)).toBe(2);
    expect(arrowTarget("Home", 2, 3, keys)).toBe(0);
    expect(arrowTarget("x", 1, 3, keys)).toBeUndefined();
    expect(arrowTarget("End", 0, 0, keys)).toBeUndefined();
  });
});
