import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { flushSync } from "svelte";
import { describe, expect, it, vi } from "vitest";

import type { Route } from "../../api/types";
import { Composer } from "../../state/composer.svelte";
import { sampleConversation, sampleDevice, sampleMessage } from "../../test/samples";
import ComposerView from "./ComposerView.svelte";

async function show(route: Route, more = {}) {
  const composer = new Composer(sampleConversation(), {
    send: vi.fn().mockResolvedValue(sampleMessage()),
    setDraft: vi.fn().mockResolvedValue(undefined),
    route: vi.fn().mockResolvedValue(route),
  });
  await composer.refreshRoute();
  const onsend = vi.fn();
  render(ComposerView, { composer, name: "Ana", device: sampleDevice(), several: true, onsend, ...more });
  return { composer, onsend, field: screen.getByRole("textbox"), send: screen.getByTestId("send") };
}

const route: Route = { device: 1, reason: "wrote_first", sends: true };

describe("ComposerView", () => {
  it("says which device an answer goes from, and why", async () => {
    await show(route);
    expect(screen.getByTestId("from")).toHaveTextContent("Reception");
    expect(screen.getByTestId("from")).toHaveTextContent("because Ana wrote to this number first");
  });

  it("does not speak of devices where there is one", async () => {
    await show(route, { several: false });
    expect(screen.queryByTestId("from")).toBeNull();
  });

  it("sends with Enter and breaks the line with Shift Enter", async () => {
    const { field, onsend, composer } = await show(route);
    await userEvent.type(field, "one{Shift>}{Enter}{/Shift}two");
    expect(composer.text).toBe("one\ntwo");
    expect(onsend).not.toHaveBeenCalled();
    await userEvent.type(field, "{Enter}");
    expect(onsend).toHaveBeenCalledOnce();
  });

  it("leaves Enter to an input method that composes", async () => {
    const { field, onsend } = await show(route);
    await userEvent.type(field, "に");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
    expect(onsend).not.toHaveBeenCalled();
  });

  it("sends nothing that is empty", async () => {
    const { field, send, onsend } = await show(route);
    expect(send).toBeDisabled();
    await userEvent.type(field, "   {Enter}");
    expect(onsend).not.toHaveBeenCalled();
  });

  it("says what is wrong with a text that is too long", async () => {
    const { field, send, composer } = await show(route);
    composer.edit("a".repeat(64 * 1024 + 1));
    flushSync();
    expect(screen.getByRole("alert")).toHaveTextContent("The text is too long");
    expect(field).toHaveAccessibleDescription(/too long/);
    expect(send).toBeDisabled();
  });

  it("says on the button that a message waits, and why", async () => {
    const device = sampleDevice({ status: "offline", cause: "network_down" });
    const { send } = await show({ ...route, sends: false }, { device });
    expect(send).toHaveTextContent("Send when back");
    expect(screen.getByTestId("composer-held")).toHaveTextContent("Reception cannot send right now");
  });

  it("says what to do where no number is linked", async () => {
    const { field, send } = await show({ device: 0, reason: "none", sends: false }, { device: undefined });
    await userEvent.type(field, "Hola");
    expect(send).toBeDisabled();
    expect(screen.getByTestId("composer-held")).toHaveTextContent("No linked number");
  });
});
