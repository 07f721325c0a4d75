import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { flushSync } from "svelte";
import { describe, expect, it, vi } from "vitest";

import type { Route } from "../../api/types";
import { Attachments } from "../../state/attachments.svelte";
import { Composer } from "../../state/composer.svelte";
import { Later } from "../../state/later.svelte";
import { Recorder } from "../../state/recorder.svelte";
import { attachCalls } from "../../test/attaching";
import { sampleConversation, sampleDevice, sampleMessage } from "../../test/samples";
import ComposerView from "./ComposerView.svelte";

async function show(route: Route, more = {}) {
  const composer = new Composer(
    sampleConversation(),
    {
      send: vi.fn().mockResolvedValue(sampleMessage()),
      schedule: vi.fn().mockResolvedValue(sampleMessage()),
      setDraft: vi.fn().mockResolvedValue(undefined),
      route: vi.fn().mockResolvedValue(route),
    },
    new Attachments(1, attachCalls()),
  );
  await composer.refreshRoute();
  const onsend = vi.fn();
  const onlater = vi.fn();
  const later = new Later(1, {
    times: vi.fn().mockResolvedValue({
      zone: "Europe/Lisbon",
      theirs: true,
      now: "2026-11-24T14:32",
      presets: [{ kind: "tomorrow", wall: "2026-11-25T09:00" }],
    }),
    moment: vi.fn(async (wall: string) => ({
      at: 1,
      rule: "exact" as const,
      why: wall < "2026-11-24T14:32" ? "past" : "",
    })),
    reschedule: vi.fn().mockResolvedValue(sampleMessage()),
  });
  const recorder = new Recorder(vi.fn());
  const props = { composer, later, recorder, name: "Ana", device: sampleDevice(), several: true, now: 0, locale: "en" };
  render(ComposerView, { ...props, onsend, onlater, ...more });
  return { composer, later, onsend, onlater, field: screen.getByRole("textbox"), send: screen.getByTestId("send") };
}

// A machine may be busy.
const slow = { timeout: 10_000 };

const route: Route = { device: 1, reason: "wrote_first", sends: true };

describe("ComposerView", () => {
  it("proposes times with Ctrl Shift S and takes the one that was chosen", async () => {
    const { field, later, onlater } = await show(route);
    await userEvent.keyboard("{Control>}{Shift>}S{/Shift}{/Control}");
    expect(screen.queryByTestId("later")).toBeNull();
    await userEvent.type(field, "Good morning");
    await userEvent.keyboard("{Control>}{Shift>}S{/Shift}{/Control}");
    expect(await screen.findByText("Lisbon time, 14:32 now", {}, slow)).toBeInTheDocument();
    // Nothing is laid out here, so what floats has no place and counts as hidden.
    screen.getByText("Tomorrow, when Ana is awake").click();
    expect(later.wall).toBe("2026-11-25T09:00");
    await vi.waitFor(() => expect(later.possible).toBe(true), slow);
    flushSync();
    screen.getByTestId("schedule").click();
    expect(onlater).toHaveBeenCalledOnce();
  }, 60_000);

  it("does not take a time that has passed, and says why", async () => {
    const { field, later, onlater } = await show(route);
    await userEvent.type(field, "Good morning");
    await userEvent.click(screen.getByTestId("send-later"));
    await screen.findByText("Lisbon time, 14:32 now", {}, slow);
    await later.choose("2026-11-24T08:00");
    expect(await screen.findByText("That time has passed.", {}, slow)).toBeInTheDocument();
    expect(screen.getByTestId("schedule")).toBeDisabled();
    expect(onlater).not.toHaveBeenCalled();
  });

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
