import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { AppInfo, Settings } from "../../api/types";
import { Preferences } from "../../state/preferences.svelte";
import NotificationSettings from "./NotificationSettings.svelte";

function show(mode: AppInfo["mode"], platform: string) {
  const set = vi.fn((settings: Settings) => Promise.resolve(settings));
  const info: AppInfo = {
    version: "1",
    mode,
    demo: false,
    simulated: false,
    dataDir: "/data",
    platform,
    problem: null,
    clockWrong: false,
  };
  render(NotificationSettings, { preferences: new Preferences({ set }), info, now: 0 });
  return set;
}

it.each(["linux", "windows"])("lets notifications be heard on %s; until then they are silent", async (platform) => {
  const set = show("desktop", platform);
  const sound = screen.getByRole("switch", { name: "Sound" });
  expect(sound).not.toBeChecked();
  await userEvent.click(sound);
  expect(set).toHaveBeenCalledWith(expect.objectContaining({ notifySound: true }));
  expect(sound).toBeChecked();
});

it("says who decides about sound on macOS", () => {
  show("desktop", "darwin");
  expect(screen.getByText(/macOS decides/)).toBeVisible();
  expect(screen.queryByRole("switch", { name: "Sound" })).toBeNull();
});

it("offers no sound in a browser, where the system shows nothing", () => {
  show("serve", "linux");
  expect(screen.queryByText("Sound")).toBeNull();
});
