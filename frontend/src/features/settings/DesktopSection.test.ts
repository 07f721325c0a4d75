import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { callsOver } from "../../api/calls";
import { CallError } from "../../api/problem";
import type { Refuge, Startup } from "../../api/types";
import { Desktop } from "../../state/desktop.svelte";
import { EngineEnd } from "../../test/engine";
import DesktopSection from "./DesktopSection.svelte";

function show(refuge: Refuge, startup: Startup, closeQuits = false) {
  const engine = new EngineEnd();
  let held = startup;
  engine.answers = {
    "Desktop.Refuge": () => refuge,
    "Desktop.Startup": () => held,
    "Desktop.SetStartup": (on: boolean) => (held = on ? "on" : "off"),
    "Desktop.Quit": () => undefined,
  };
  const onclosequits = vi.fn<(quits: boolean) => void>();
  render(DesktopSection, { desktop: new Desktop(callsOver(engine).desktop), closeQuits, onclosequits });
  return { engine, onclosequits, hold: (state: Startup) => (held = state) };
}

const startSwitch = () => screen.findByRole("switch", { name: "Start with the system" });

it.each([
  ["tray", false, /stays in the tray/],
  ["taskbar", false, /this desktop shows no tray icons/],
  ["tray", true, /go offline until Waflow is opened again/],
] as const)("says where the window goes: %s, quits %s", async (refuge, quits, words) => {
  show(refuge, "off", quits);
  expect(await screen.findByText(words)).toBeVisible();
  expect(screen.getByRole("radio", { name: quits ? "Quit Waflow" : "Stay connected" })).toBeChecked();
});

it("is chosen what closing does", async () => {
  const { onclosequits } = show("tray", "off");
  await userEvent.click(await screen.findByRole("radio", { name: "Quit Waflow" }));
  expect(onclosequits).toHaveBeenCalledWith(true);
});

it("offers no choice where closing never quits", async () => {
  show("dock", "off");
  expect(await screen.findByText(/stays in the Dock/)).toBeVisible();
  expect(screen.queryByRole("radio")).toBeNull();
});

it("starts with the system, and shows what the system has when one comes back from its settings", async () => {
  const { engine, hold } = show("tray", "off");
  await userEvent.click(await startSwitch());
  await waitFor(async () => expect(await startSwitch()).toBeChecked());
  expect(engine.calls).toContainEqual(["Desktop.SetStartup", [true]]);
  hold("off");
  window.dispatchEvent(new Event("focus"));
  await waitFor(async () => expect(await startSwitch()).not.toBeChecked());
});

it("says that another copy starts", async () => {
  show("tray", "other");
  expect(await startSwitch()).not.toBeChecked();
  expect(screen.getByText(/Another copy of Waflow/)).toBeVisible();
});

it("says when the system refuses, and what was stays", async () => {
  const { engine } = show("tray", "off");
  engine.answers["Desktop.SetStartup"] = () => {
    throw new CallError({ code: "startup_refused", message: "", detail: {}, action: "" });
  };
  await userEvent.click(await startSwitch());
  expect(await screen.findByText(/stays as it was/)).toBeVisible();
  expect(await startSwitch()).not.toBeChecked();
});

it("is absent where a workspace does not start with the system, and quits", async () => {
  const { engine } = show("tray", "");
  await screen.findByText(/stays in the tray/);
  await waitFor(() => expect(screen.queryByText("Start with the system")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: "Quit now" }));
  expect(engine.calls).toContainEqual(["Desktop.Quit", []]);
});
