import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { AwakeState } from "../../api/types";
import SleepSection from "./SleepSection.svelte";

const HOUR_MS = 3_600_000;
const now = new Date(2026, 10, 23, 9, 0).getTime();

function show(awake: AwakeState, sleeps: { from: number; to: number }[] = []) {
  const onkeepawake = vi.fn<(on: boolean) => void>();
  const rest = { sleeps, late: [], waits: 0, awake };
  render(SleepSection, { rest, keepAwake: awake !== "off", now, onkeepawake });
  return onkeepawake;
}

it("says what sleep means and when the computer slept", () => {
  show("off", [{ from: now - 10 * HOUR_MS, to: now - 2 * HOUR_MS }]);
  expect(
    screen.getByText(/sends and receives nothing while this computer sleeps; the phone still works/),
  ).toBeVisible();
  expect(screen.getByTestId("settings-sleeps")).toHaveTextContent("23:00 to 07:00 (8 h 00)");
});

it("turns on, and says when it can not be had", async () => {
  const onkeepawake = show("off");
  expect(screen.getByText("Not since Waflow was set up")).toBeVisible();
  await userEvent.click(screen.getByRole("switch", { name: "Keep awake while plugged in" }));
  expect(onkeepawake).toHaveBeenCalledWith(true);
});

it.each([
  ["held", /stays awake now/],
  ["battery", /Not plugged in/],
  ["refused", /did not allow it/],
] as const)("says when it is %s", (awake, words) => {
  show(awake);
  expect(screen.getByText(words)).toBeVisible();
});
