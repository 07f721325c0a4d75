import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Settings } from "../../api/types";
import { Preferences } from "../../state/preferences.svelte";
import { sampleSettings } from "../../test/samples";
import NotificationSettings from "./NotificationSettings.svelte";

const HOUR_MS = 3_600_000;
const now = new Date(2026, 10, 23, 9, 0).getTime();

/** Shows the settings over an engine that saves what it is given. */
function show(part: Partial<Settings> = {}) {
  const preferences = new Preferences({ set: vi.fn((settings: Settings) => Promise.resolve(settings)) });
  preferences.load(sampleSettings(part));
  render(NotificationSettings, { preferences, info: undefined, now });
  return { preferences, user: userEvent.setup() };
}

describe("the settings of notifications", () => {
  it("turn them off for the whole workspace, and on again", async () => {
    const { preferences, user } = show();
    const all = screen.getByRole("switch", { name: "Tell about devices" });
    expect(all).toBeChecked();
    await user.click(all);
    expect(preferences.current.notify).toBe("off");
    expect(all).not.toBeChecked();
    await user.click(all);
    expect(preferences.current.notify).toBe("");
  });

  it("ask for the times of quiet hours only where there are quiet hours", async () => {
    const { preferences, user } = show();
    expect(screen.queryByTestId("settings-quiet-from")).toBeNull();
    await user.click(screen.getByRole("switch", { name: "Quiet hours" }));
    expect(preferences.current.quiet).toEqual({ on: true, from: 1320, to: 420, attention: false });
    expect(screen.getByTestId("settings-quiet-from")).toHaveAccessibleName(/^From: (22:00|10:00.PM)$/);
    expect(screen.getByTestId("settings-quiet-to")).toHaveAccessibleName(/^Until: 0?7:00/);
    await user.click(screen.getByRole("switch", { name: "What requires attention" }));
    expect(preferences.current.quiet.attention).toBe(true);
  });

  it("pause them for an hour", async () => {
    const { preferences, user } = show();
    await user.click(screen.getByTestId("settings-notify-pause"));
    expect(preferences.current.notifyPausedUntil).toBe(now + HOUR_MS);
  });

  it("say until when they are paused, and resume them", async () => {
    const { preferences, user } = show({ notifyPausedUntil: now + HOUR_MS });
    expect(screen.getByText(/^Paused until 10:00/)).toBeVisible();
    await user.click(screen.getByTestId("settings-notify-resume"));
    expect(preferences.current.notifyPausedUntil).toBe(0);
  });

  it("show how long a device may be offline first, whatever was chosen elsewhere", () => {
    show({ notifyOfflineAfterMs: 45_000 });
    expect(screen.getByTestId("settings-notify-after")).toHaveAccessibleName(/45 seconds$/);
  });
});
