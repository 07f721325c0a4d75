import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { flushSync } from "svelte";
import { describe, expect, it, vi } from "vitest";

import { CallError } from "../../api/problem";
import type { Device, Pairing, Subaccount } from "../../api/types";
import { PairingDialog } from "../../state/pairing.svelte";
import { sampleDevice, samplePairing, sampleSubaccount } from "../../test/samples";
import PairDialog from "./PairDialog.svelte";

const subaccounts: Subaccount[] = [
  sampleSubaccount({ id: 1, name: "Autos Ruiz", initials: "AR", colour: "rust", position: 0 }),
  sampleSubaccount({ id: 2, name: "Hotel Miramar", initials: "HM", colour: "cobalt", position: 1 }),
];
const fresh = sampleDevice({
  linked: 0,
  slot: 0,
  number: "",
  label: "Showroom",
  status: "pending",
  cause: "never_linked",
});
const problem = (code: string) => ({ code, message: "", detail: {}, action: "" });

async function show(step: Partial<Pairing>, device: Device = fresh, now = 0, shown: Device = device) {
  const calls = {
    createDevice: vi.fn(async () => device),
    start: vi.fn(async () => samplePairing(step)),
    renew: vi.fn(async () => samplePairing({ kind: "waiting", qr: null })),
    showCode: vi.fn(async (_device: number, asked: string) => samplePairing({ kind: "waiting", qr: null, asked })),
    cancel: vi.fn(async () => undefined),
  };
  const pairing = new PairingDialog(calls);
  await pairing.openFor(device);
  const onopendevice = vi.fn();
  render(PairDialog, { pairing, subaccounts, devices: [shown], now, onopendevice });
  return { pairing, calls, onopendevice };
}

describe("PairDialog", () => {
  it("asks what a new device is called before it shows a code", async () => {
    const { pairing, calls } = await show({});
    pairing.openNew(1);
    flushSync();
    await userEvent.click(screen.getByTestId("pair-start"));
    expect(screen.getByRole("alert")).toHaveTextContent("Give the number a name");
    await userEvent.type(screen.getByTestId("device-label"), " Showroom ");
    await userEvent.click(screen.getByRole("radio", { name: "Support" }));
    await userEvent.click(screen.getByTestId("pair-start"));
    expect(calls.createDevice).toHaveBeenCalledWith(1, "Showroom", "support");
    expect(screen.getByRole("img", { name: "QR code for linking" })).toBeInTheDocument();
  });

  it("counts down this code and says which of all it is", async () => {
    await show({ n: 3, total: 6, shown: 0, expires: 20_000 }, fresh, 6000);
    expect(screen.getByRole("timer")).toHaveAccessibleName("14 seconds left");
    expect(screen.getByText("A fresh code in 14 s")).toBeInTheDocument();
    expect(screen.getByText("Code 3 of 6")).toBeInTheDocument();
  });

  it("says of the last code that none follows", async () => {
    await show({ n: 6, total: 6, expires: 9000 });
    expect(screen.getByText("The last code ends in 9 s")).toBeInTheDocument();
  });

  it("says which number a relink expects", async () => {
    await show({ expected: "+34 600 000 013" }, sampleDevice({ status: "attention" }));
    const dialog = screen.getByRole("dialog");
    expect(dialog).toHaveAccessibleName("Relink Reception ·1");
    expect(dialog).toHaveAccessibleDescription("Autos Ruiz · expects +34 600 000 013");
    expect(screen.getByText("The one with +34 600 000 013.")).toBeInTheDocument();
  });

  it("stays a first link when the number is there", async () => {
    const device = sampleDevice({ slot: 1, number: "+34 600 000 013" });
    const { pairing } = await show({}, fresh, 0, device);
    pairing.apply([{ topic: "pairing", id: 1, gone: false, value: samplePairing({ kind: "linked", qr: null }) }]);
    flushSync();
    expect(screen.getByRole("dialog")).toHaveAccessibleName("Link Reception");
  });

  it.each([
    ["waiting", "Asking WhatsApp for a code"],
    ["scanned", "Linking goes on between the phone and WhatsApp"],
    ["passkey", "This account has a passkey"],
    ["linked", "Messages arrive from now on"],
    ["used_up", "Nobody scanned in time"],
    ["cancelled", "Linking was cancelled"],
  ] as const)("tells about %s", async (kind, words) => {
    await show({ kind, qr: null });
    expect(screen.getByRole("dialog")).toHaveTextContent(words);
    expect(screen.queryByTestId("pair-qr")).toBeNull();
  });

  it("gives the focus to what is to be done next", async () => {
    const { pairing } = await show({});
    await vi.waitFor(() => expect(screen.getByTestId("pair-cancel")).toHaveFocus());
    pairing.apply([{ topic: "pairing", id: 1, gone: false, value: samplePairing({ kind: "linked", qr: null }) }]);
    flushSync();
    expect(screen.getByRole("button", { name: "Done" })).toHaveFocus();
  });

  it("shows a new code after all were used up", async () => {
    const { calls } = await show({ kind: "used_up", qr: null });
    await userEvent.click(screen.getByRole("button", { name: "Show a new code" }));
    expect(calls.renew).toHaveBeenCalledWith(1);
  });

  it("says why it failed and tries again", async () => {
    const { calls } = await show({ kind: "failed", qr: null, problem: problem("phone_outdated") });
    expect(screen.getByRole("dialog")).toHaveTextContent("WhatsApp on that phone is too old");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(calls.renew).toHaveBeenCalledOnce();
  });

  it.each([
    ["dropped", "The connection to WhatsApp was lost"],
    ["phone", "The phone did not finish the linking"],
    ["not_stored", "the disk refused"],
    ["client_outdated", "WhatsApp asks for a newer Waflow"],
    ["something_new", "Nothing was stored"],
  ])("says of a link that failed for %s: %s", async (reason, words) => {
    await show({ kind: "failed", qr: null, problem: { ...problem("link_failed"), detail: { reason } } });
    expect(screen.getByTestId("pair-failed")).toHaveTextContent(words);
  });

  it("says what is wrong with the device's own proxy and where it is changed", async () => {
    const detail = { reason: "proxy_failed", trouble: "password", proxy: "proxy.example:1080" };
    await show({ kind: "failed", qr: null, problem: { ...problem("link_failed"), detail } });
    const failed = screen.getByTestId("pair-failed");
    expect(failed).toHaveTextContent("No way through the proxy");
    expect(failed).toHaveTextContent("wants another user or password");
    expect(failed).toHaveTextContent("on the device’s page");
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });

  it("cancels when it is closed with Escape", async () => {
    const { calls, pairing } = await show({});
    await userEvent.keyboard("{Escape}");
    expect(calls.cancel).toHaveBeenCalledWith(1);
    expect(pairing.open).toBe(false);
  });
});

describe("a code to type", () => {
  const typed: Partial<Pairing> = {
    kind: "code",
    qr: null,
    code: "K7QP-3MTX",
    asked: "+34 600 000 013",
    expires: 142_000,
  };

  it("is asked for only when its number is confirmed", async () => {
    const { calls, pairing } = await show({});
    await userEvent.click(screen.getByRole("radio", { name: "Type a code instead" }));
    expect(calls.showCode).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId("pair-ask-code"));
    expect(screen.getByRole("alert")).toHaveTextContent("Enter the phone's number");
    await userEvent.type(screen.getByTestId("pair-number"), "+34 600 000 013{Enter}");
    expect(calls.showCode).toHaveBeenCalledWith(1, "+34 600 000 013");
    expect(screen.getByTestId("pair-waiting")).toHaveTextContent("For +34 600 000 013");
    pairing.apply([{ topic: "pairing", id: 1, gone: false, value: samplePairing(typed) }]);
    flushSync();
    expect(screen.getByTestId("pair-typed")).toHaveAttribute("data-code", "K7QP-3MTX");
    expect(screen.getByTestId("pair-typed")).toHaveAccessibleName(/^Code to type: K as in Kilo, 7 as in seven/);
    expect(screen.getByText("The code holds for 2:22")).toBeInTheDocument();
    expect(screen.getByText(/Link with phone number instead/)).toBeInTheDocument();
  });

  it("is asked for the device's own number only, where it has one", async () => {
    const { calls } = await show({}, sampleDevice({ status: "attention", number: "+34 600 000 013" }));
    await userEvent.click(screen.getByRole("radio", { name: "Type a code instead" }));
    const number = screen.getByLabelText("Number of the phone");
    expect(number).toHaveValue("+34 600 000 013");
    expect(number).toHaveAttribute("readonly");
    await userEvent.click(screen.getByTestId("pair-ask-code"));
    expect(calls.showCode).toHaveBeenCalledWith(1, "");
  });

  it.each([
    ["country", "Begin with the country"],
    ["length", "more or fewer digits"],
  ])("says beside the number what is wrong with it: %s", async (why, words) => {
    const { calls } = await show({});
    calls.showCode.mockRejectedValueOnce(new CallError({ ...problem("invalid"), detail: { field: "number", why } }));
    await userEvent.click(screen.getByRole("radio", { name: "Type a code instead" }));
    await userEvent.type(screen.getByTestId("pair-number"), "600{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent(words);
    expect(screen.getByRole("img", { name: "QR code for linking" })).toBeInTheDocument();
    await userEvent.type(screen.getByTestId("pair-number"), "1");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is copied, asked for anew, and gives way to the QR code", async () => {
    const { calls } = await show(typed);
    userEvent.setup();
    await userEvent.click(screen.getByTestId("pair-copy"));
    expect(await navigator.clipboard.readText()).toBe("K7QP-3MTX");
    expect(screen.getByTestId("pair-copy")).toHaveTextContent("Copied");
    await userEvent.click(screen.getByTestId("pair-code-new"));
    expect(calls.showCode).toHaveBeenCalledWith(1, "+34 600 000 013");
    await userEvent.click(screen.getByRole("radio", { name: "Scan QR" }));
    expect(calls.renew).toHaveBeenCalledWith(1);
  });

  it("is shown anew after it ran out", async () => {
    const { calls } = await show({ ...typed, kind: "used_up" });
    const dialog = screen.getByRole("dialog");
    expect(dialog).toHaveTextContent("The code ran out");
    expect(dialog).toHaveTextContent("Four linked devices at most");
    await userEvent.click(screen.getByTestId("pair-new-code"));
    expect(calls.showCode).toHaveBeenCalledWith(1, "+34 600 000 013");
  });
});

it("says what to do about a passkey, and begins anew", async () => {
  const { calls } = await show({ kind: "passkey", qr: null });
  expect(screen.getByRole("dialog")).toHaveTextContent("Open Settings, Account, Passkeys");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(calls.renew).toHaveBeenCalledWith(1);
});

describe("GuardDialog", () => {
  const holder = {
    subaccount: 2,
    subaccountName: "Hotel Miramar",
    device: 7,
    deviceLabel: "Sales",
    slot: 3,
    number: "+34 600 000 013",
    since: Date.UTC(2026, 2, 4),
    conversations: 812,
  };

  it("names both sides of a number that is in use", async () => {
    const { calls, onopendevice, pairing } = await show({
      kind: "refused",
      qr: null,
      number: "+34 600 000 013",
      holder,
      problem: problem("number_in_use"),
    });
    const dialog = screen.getByRole("alertdialog", { name: "This number already belongs to Hotel Miramar" });
    expect(dialog).toHaveTextContent("Sales ·3, since 4 Mar 2026");
    expect(dialog).toHaveTextContent("812 conversations");
    expect(dialog).toHaveTextContent("Showroom, a new device");
    expect(dialog).toHaveTextContent("The phone was told that linking failed");
    await userEvent.click(screen.getByRole("button", { name: "Scan with another phone" }));
    expect(calls.renew).toHaveBeenCalledWith(1);
    expect(pairing.step?.kind).toBe("waiting");
    expect(onopendevice).not.toHaveBeenCalled();
  });

  it("opens the device that has the number", async () => {
    const { onopendevice, pairing } = await show({
      kind: "refused",
      qr: null,
      holder,
      problem: problem("number_in_use"),
    });
    await userEvent.click(screen.getByRole("button", { name: "Open Sales ·3" }));
    expect(onopendevice).toHaveBeenCalledWith({ subaccount: 2, device: 7 });
    expect(pairing.open).toBe(false);
  });

  it("shows both numbers when a relink scanned another one", async () => {
    await show(
      {
        kind: "refused",
        qr: null,
        number: "+34 600 000 099",
        expected: "+34 600 000 013",
        holder,
        problem: problem("wrong_number"),
      },
      sampleDevice(),
    );
    const dialog = screen.getByRole("alertdialog", { name: "This is not the number of Reception ·1" });
    expect(dialog).toHaveTextContent("+34 600 000 013");
    expect(dialog).toHaveTextContent("+34 600 000 099");
  });

  it("says of a number that a code was wanted for that WhatsApp was not asked", async () => {
    const { calls, pairing } = await show({
      kind: "refused",
      qr: null,
      asked: "+34 600 000 013",
      problem: problem("number_in_use"),
      holder,
    });
    const guard = screen.getByRole("alertdialog");
    expect(guard).toHaveTextContent("WhatsApp was not asked for a code");
    expect(guard).toHaveTextContent("+34 600 000 013");
    expect(guard).toHaveTextContent("Hotel Miramar");
    expect(guard).not.toHaveTextContent("The phone was told");
    await userEvent.click(screen.getByRole("button", { name: "Use another number" }));
    expect(calls.renew).toHaveBeenCalledWith(1);
    expect(pairing.way).toBe("code");
  });
});
