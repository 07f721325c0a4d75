import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { flushSync } from "svelte";
import { expect, it, vi } from "vitest";

import type { Device, Pairing, Subaccount } from "../../api/types";
import { RelinkQueue } from "../../state/relink.svelte";
import { sampleDevice, samplePairing, sampleSubaccount } from "../../test/samples";
import RelinkBar from "./RelinkBar.svelte";
import RelinkDialog from "./RelinkDialog.svelte";

const subaccounts: Subaccount[] = [
  sampleSubaccount({ id: 1, name: "Autos Ruiz", initials: "AR", colour: "rust", position: 0 }),
  sampleSubaccount({ id: 2, name: "Hotel Miramar", initials: "HM", colour: "cobalt", position: 1 }),
];
const unlinked = (id: number, part: Partial<Device>) =>
  sampleDevice({ id, linked: 0, status: "attention", cause: "unlinked_from_phone", next: "relink", ...part });
const devices = [
  unlinked(1, { label: "Reception", slot: 1, subaccount: 2, number: "+34 600 000 011" }),
  unlinked(2, { label: "Sales", slot: 2, subaccount: 2, number: "+34 600 000 012" }),
  unlinked(3, { label: "Showroom", slot: 1, subaccount: 1, number: "+34 600 000 013" }),
  sampleDevice({ id: 4, linked: 5 }),
];

function open(focus = 0) {
  const calls = {
    createDevice: vi.fn(),
    start: vi.fn(async (device: number) => samplePairing({ device })),
    renew: vi.fn(async (device: number) => samplePairing({ device })),
    showCode: vi.fn(async (device: number) => samplePairing({ device, kind: "waiting", qr: null, asked: "+34" })),
    cancel: vi.fn(async () => undefined),
  };
  const queue = new RelinkQueue(calls, (id) => devices.find((device) => device.id === id));
  queue.show();
  render(RelinkDialog, { queue, focus, subaccounts, devices, now: 0 });
  const tell = (part: Partial<Pairing>) => {
    const value = samplePairing({ qr: null, ...part });
    queue.apply([{ topic: "pairing", id: value.device, gone: false, value }]);
    flushSync();
  };
  return { calls, queue, tell };
}

it("offers the walk where several devices need it, and to go on with one that was begun", async () => {
  const { queue } = open();
  const bar = render(RelinkBar, { queue, devices });
  expect(within(bar.container).getByTestId("relink-open")).toHaveTextContent("Relink 3 devices");
  await queue.begin([1, 2]);
  await queue.next();
  flushSync();
  expect(within(bar.container).getByTestId("relink-bar")).toHaveTextContent("1 of 2");
  expect(within(bar.container).getByTestId("relink-open")).toHaveTextContent("Go on");
  await queue.stop();
  flushSync();
  await bar.rerender({ queue, devices: devices.slice(0, 1) });
  expect(within(bar.container).queryByTestId("relink-bar")).toBeNull();
});

it("lets people choose, to begin with those of the subaccount in focus", async () => {
  const { queue } = open(2);
  expect(screen.getByTestId("relink-choose-1")).toBeChecked();
  expect(screen.getByTestId("relink-choose-3")).not.toBeChecked();
  expect(screen.queryByTestId("relink-choose-4")).toBeNull();
  await userEvent.click(screen.getByTestId("relink-choose-3"));
  await userEvent.click(screen.getByTestId("relink-choose-2"));
  await userEvent.click(screen.getByTestId("relink-begin"));
  expect(queue.turns.map(({ device }) => device)).toEqual([1, 3]);
});

it("walks from one device to the next with the keyboard alone, and says what became of each", async () => {
  const { calls, queue, tell } = open();
  await vi.waitFor(() => expect(screen.getByTestId("relink-begin")).toHaveFocus());
  await userEvent.keyboard("{Enter}");
  const dialog = () => screen.getByRole("dialog");
  expect(dialog()).toHaveAccessibleName("Relink Reception ·1");
  expect(dialog()).toHaveAccessibleDescription("1 of 3 · Hotel Miramar");
  expect(screen.getByTestId("relink-number")).toHaveTextContent("+34 600 000 011");
  expect(calls.showCode).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(screen.getByTestId("relink-show")).toHaveFocus());
  await userEvent.keyboard("{Enter}");
  expect(calls.showCode).toHaveBeenCalledWith(1, "");
  tell({ device: 1, kind: "code", code: "K7QP-3MTX", asked: "+34 600 000 011", expires: 160_000 });
  for (const word of ["Kilo", "seven", "Quebec", "X-ray"]) expect(screen.getByText(word)).toBeInTheDocument();
  tell({ device: 1, kind: "linked", asked: "+34 600 000 011", number: "+34 600 000 011" });
  await vi.waitFor(() => expect(screen.getByTestId("relink-next")).toHaveFocus());
  await userEvent.keyboard("{Enter}");

  expect(dialog()).toHaveAccessibleName("Relink Sales ·2");
  await userEvent.click(screen.getByTestId("relink-skip"));

  expect(dialog()).toHaveAccessibleDescription("3 of 3 · Autos Ruiz");
  await userEvent.click(screen.getByTestId("relink-show"));
  tell({
    device: 3,
    kind: "refused",
    number: "+34 600 000 099",
    expected: "+34 600 000 013",
    asked: "+34 600 000 013",
    problem: { code: "wrong_number", message: "", detail: {}, action: "" },
  });
  expect(screen.getByTestId("relink-pane")).toHaveTextContent("+34 600 000 099 took the code");
  await userEvent.click(screen.getByTestId("relink-skip"));

  expect(dialog()).toHaveAccessibleName("1 of 3 linked");
  const lines = within(screen.getByTestId("relink-results")).getAllByRole("listitem");
  expect(lines.map((line) => line.dataset.outcome)).toEqual(["linked", "skipped", "refused"]);
  expect(lines[2]).toHaveTextContent("This is not the number of Showroom ·1");
  await userEvent.click(screen.getByTestId("relink-done"));
  expect(queue.open).toBe(false);
});

it("offers a new code after one ran out, and keeps the way that was chosen", async () => {
  const { calls, queue, tell } = open();
  await queue.begin([1]);
  flushSync();
  await userEvent.click(screen.getByTestId("relink-qr"));
  expect(calls.start).toHaveBeenCalledWith(1);
  expect(screen.getByRole("img", { name: "QR code for linking" })).toBeInTheDocument();
  await userEvent.click(screen.getByRole("radio", { name: "Type a code instead" }));
  expect(calls.showCode).toHaveBeenCalledTimes(1);
  tell({ device: 1, kind: "used_up", asked: "+34 600 000 011" });
  expect(screen.getByRole("dialog")).toHaveTextContent("The code ran out");
  await userEvent.click(screen.getByTestId("relink-show"));
  expect(calls.showCode).toHaveBeenCalledTimes(2);
});
