import { cleanup, render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CallError } from "../../api/problem";
import type { Device, Gap, DeviceSettings, HistoryProgress, StateChange } from "../../api/types";
import { DeviceProxy } from "../../state/deviceProxy.svelte";
import { DeviceHistory } from "../../state/deviceHistory.svelte";
import { Pasts } from "../../state/pasts.svelte";
import { DeviceUptime } from "../../state/uptimeReport.svelte";
import { sampleChange, sampleConversation, sampleDevice, samplePast, sampleSubaccount } from "../../test/samples";
import DevicePage from "./DevicePage.svelte";

const now = Date.UTC(2026, 10, 24, 14, 32);
const MIN = 60_000;
function show(
  part: Partial<Device> = {},
  changes: StateChange[] = [],
  refusal = "",
  gaps: Gap[] = [],
  past?: HistoryProgress,
) {
  const again = vi.fn().mockResolvedValue(undefined);
  const openChat = vi.fn();
  const pasts = new Pasts({ again });
  if (past) pasts.load([past]);
  const device = sampleDevice({ since: now - 34 * MIN, slot: 1, ...part });
  const onsave = vi.fn<(device: Device, part: Partial<DeviceSettings>) => Promise<string>>().mockResolvedValue(refusal);
  const checkGap = vi.fn<(device: number, gap: number) => Promise<void>>().mockResolvedValue();
  const props = {
    device,
    proxy: new DeviceProxy(device.id, {
      get: () => new Promise(() => undefined),
      save: () => new Promise(() => undefined),
      remove: () => new Promise(() => undefined),
    }),
    pasts,
    uptime: new DeviceUptime(device.id, { report: () => new Promise(() => undefined) }),
    owner: sampleSubaccount({ id: 1, name: "Clínica Vida", initials: "CV", colour: "teal", position: 0 }),
    slot: 1,
    history: new DeviceHistory(
      device.id,
      { changes: () => Promise.resolve({ changes, more: false, gaps }), checkGap },
      openChat,
    ),
    now,
    version: "0.1.0",
    busy: false,
    onback: vi.fn(),
    onact: vi.fn(),
    onpause: vi.fn(),
    onask: vi.fn(),
    workspaceNotifies: true,
    onsave,
  };
  render(DevicePage, props);
  return { ...props, again, checkGap, openChat, user: userEvent.setup() };
}

describe("a device's page", () => {
  it("says what is the matter, since when, and does the next action", async () => {
    const { user, onact, device } = show({ status: "attention", cause: "unlinked_from_phone", next: "relink" });
    expect(screen.getByRole("heading", { name: "Requires attention: unlinked from the phone" })).toBeVisible();
    expect(screen.getByText("since 13:58, 34 min")).toBeVisible();
    await user.click(screen.getByTestId("next-action"));
    expect(onact).toHaveBeenCalledWith(device, "link");
  });

  it("has no button where its page is all there is to open", () => {
    show({ status: "attention", cause: "phone_offline_too_long", next: "open_phone" });
    expect(screen.getByText(/Open WhatsApp on that phone/)).toBeVisible();
    expect(screen.queryByTestId("next-action")).toBeNull();
  });

  it("lets a refused version be tried again, beside what to do", async () => {
    const { user, onact, device } = show({ status: "attention", cause: "client_outdated", next: "update" });
    expect(screen.getByRole("region", { name: "What to do" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: /^Try now/ }));
    expect(onact).toHaveBeenCalledWith(device, "try_now");
  });

  it("lists what to do where no button helps", () => {
    show({ status: "attention", cause: "phone_offline_too_long", next: "open_phone", number: "+34 600 000 013" });
    const steps = screen.getByRole("region", { name: "What to do" }).querySelectorAll("li");
    expect(steps).toHaveLength(3);
    expect(steps[0]).toHaveTextContent("+34 600 000 013");
  });

  it("tells when the phone was last seen, and what follows when that is long ago", () => {
    show({ linked: 1, phoneSeen: now - 34 * MIN });
    expect(screen.getByTestId("phone-seen")).toHaveTextContent(/^phone last seen 13:58$/);
    cleanup();
    show({ linked: 1, phoneSeen: now - 4 * 24 * 60 * MIN });
    expect(screen.getByTestId("phone-seen")).toHaveTextContent("unlinks Waflow after 14 days without it");
    cleanup();
    show({ linked: 0, phoneSeen: now });
    expect(screen.queryByTestId("phone-seen")).toBeNull();
  });

  it("tells its history, how long each state lasted, and the codes small", async () => {
    show({}, [
      sampleChange({
        id: 3,
        at: now - 34 * MIN,
        to: "unlinked_from_phone",
        status: "attention",
        reason: "device_removed",
        code: 401,
      }),
      sampleChange({
        id: 2,
        at: now - 90 * MIN,
        end: now - 34 * MIN,
        to: "woke_from_sleep",
        status: "offline",
        slept: 47 * MIN,
      }),
      sampleChange({
        id: 1,
        at: now - 2 * 24 * 60 * MIN,
        end: now - 90 * MIN,
        to: "app_starting",
        status: "offline",
        reason: "closed",
      }),
    ]);
    const rows = await screen.findAllByTestId("history-row");
    expect(rows[0]).toHaveTextContent("Unlinked from the phone");
    expect(rows[0]).toHaveTextContent("Requires attention, 34 min · device_removed · code 401");
    expect(rows[1]).toHaveTextContent("Computer woke from sleep");
    expect(rows[1]).toHaveTextContent("Offline, 56 min · slept 47 min");
    expect(rows[2]).toHaveTextContent("Waflow was closed");
    expect(rows[2]).toHaveTextContent("Offline, 1 d");
    expect(screen.getAllByRole("heading", { level: 3 }).map((day) => day.textContent)).toEqual([
      "Today",
      expect.stringContaining("Sunday"),
    ]);
  });

  it("tells what a time without connection brought, and whether anything is missing", async () => {
    const at = now - 34 * MIN;
    const gap = { id: 1, from: at, to: now, relinked: false, late: 12, found: 0, doubts: 0, chats: [] };
    const rows = [
      sampleChange({ id: 3, at: at + 100, to: "network_down", status: "offline", end: now }),
      sampleChange({ id: 2, at: at - 60 * MIN, to: "woke_from_sleep", status: "offline", slept: 20 * MIN }),
      sampleChange({ id: 1, at: at - 120 * MIN, to: "unlinked_from_phone", status: "attention" }),
    ];
    show({}, rows, "", [
      { ...gap, state: "verified" },
      { ...gap, id: 2, from: at - 80 * MIN, late: 0, doubts: 40, state: "not_provable" },
      { ...gap, id: 3, from: at - 120 * MIN, late: 0, found: 1, relinked: true, state: "verified" },
    ]);
    const told = (await screen.findAllByTestId("history-gap")).map((line) => line.querySelector("p")?.textContent);
    expect(told).toEqual([
      "12 messages arrived late. Nothing is missing, as far as WhatsApp and the phone tell.",
      "40 conversations could not be compared with the phone. Something may be missing there.",
      "1 message was fetched from the phone. Nothing is missing, as far as WhatsApp and the phone tell.",
    ]);
  });

  it("has the phone asked again that did not answer, and says when it cannot be asked", async () => {
    const at = now - 34 * MIN;
    const gap = {
      id: 4,
      from: at,
      to: now,
      relinked: false,
      late: 0,
      found: 0,
      doubts: 7,
      chats: [sampleConversation({ id: 5, title: "Ana Beltrán" }), sampleConversation({ id: 6, title: "" })],
      state: "not_provable" as const,
    };
    const rows = [sampleChange({ at, to: "network_down", status: "offline", end: now })];
    const { user, checkGap, device, openChat } = show({}, rows, "", [gap]);
    const again = await screen.findByRole("button", { name: "Check again: No network" });
    expect(again).toHaveTextContent("Check again");
    await user.click(again);
    expect(checkGap).toHaveBeenCalledWith(device.id, 4);

    const doubtful = within(screen.getByRole("list", { name: "Conversations in which something may be missing" }));
    expect(doubtful.getAllByRole("listitem").map((one) => one.textContent.trim())).toEqual([
      "Ana Beltrán",
      "Somebody without a number",
      "and 5 more",
    ]);
    await user.click(doubtful.getByRole("button", { name: "Ana Beltrán" }));
    expect(openChat).toHaveBeenCalledWith(gap.chats[0]);

    const problem = { code: "not_connected", message: "", detail: {}, action: "retry" };
    checkGap.mockRejectedValueOnce(new CallError(problem));
    await user.click(again);
    expect(within(screen.getByTestId("history-gap")).getByRole("status")).toHaveTextContent(
      "This device is not connected. Nothing was lost.",
    );
  });

  it("says when the history begins", async () => {
    show();
    expect(await screen.findByText("The history starts with the first link.")).toBeVisible();
  });

  it("saves a label when it is left, and not when it is as before", async () => {
    const { user, onsave, device } = show();
    const field = screen.getByTestId("device-label-edit");
    await user.click(field);
    await user.tab();
    expect(onsave).not.toHaveBeenCalled();
    await user.clear(field);
    await user.type(field, " Front desk {Enter}");
    expect(onsave).toHaveBeenCalledExactlyOnceWith(device, { label: "Front desk" });
  });

  it("says beside the label why it is refused, and Escape brings the old one back", async () => {
    const { user } = show({}, [], "conflict");
    const field = screen.getByTestId("device-label-edit");
    await user.clear(field);
    await user.type(field, "Bar{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Another device of this subaccount has this label.");
    await user.type(field, "{Escape}");
    expect(field).toHaveValue("Reception");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("saves priority and favourite as they are chosen", async () => {
    const { user, onsave, device } = show();
    await user.click(screen.getByRole("radio", { name: "High" }));
    await user.click(screen.getByRole("switch", { name: "Favourite" }));
    expect(onsave.mock.calls).toEqual([
      [device, { priority: "high" }],
      [device, { favorite: true }],
    ]);
  });

  it("offers to unlink what is linked, and to remove it", async () => {
    const linked = show();
    await linked.user.click(screen.getByTestId("settings-remove"));
    expect(linked.onask).toHaveBeenLastCalledWith(linked.device, "remove");
    await linked.user.click(screen.getByTestId("device-menu"));
    await linked.user.click(await screen.findByTestId("device-unlink"));
    expect(linked.onask).toHaveBeenCalledWith(linked.device, "unlink");
  });

  it("gives a device a colour, and takes it away", async () => {
    const { user, onsave, device } = show({ colour: "teal" });
    await user.click(screen.getByRole("radio", { name: "Rust" }));
    expect(onsave).toHaveBeenLastCalledWith(device, { colour: "rust" });
    await user.click(screen.getByRole("radio", { name: "No colour" }));
    expect(onsave).toHaveBeenLastCalledWith(device, { colour: "" });
  });

  it("offers to remove a device that was never linked, and not to pause it", async () => {
    const { user, onask, device } = show({
      slot: 0,
      linked: 0,
      status: "pending",
      cause: "never_linked",
      next: "show_qr",
    });
    expect(screen.queryByTestId("device-pause")).toBeNull();
    await user.click(screen.getByTestId("device-menu"));
    await user.click(await screen.findByTestId("device-remove"));
    expect(onask).toHaveBeenCalledWith(device, "remove");
  });

  it("tells what came of the time before it was linked, and lets what could not be kept be tried again", async () => {
    const { user, again } = show({}, [], "", [], samplePast({ refused: 1, why: "history_too_large" }));
    const card = within(screen.getByTestId("past-card"));
    expect(card.getByText(/40 %. 2,104 messages of 34 chats came/)).toBeVisible();
    expect(card.getByRole("progressbar")).toHaveValue(40);
    expect(card.getByText(/1 part could not be kept. It is too large/)).toBeVisible();
    await user.click(card.getByTestId("past-again"));
    expect(again).toHaveBeenCalledWith(1);
  });

  it("says nothing of older conversations where the phone handed none over", () => {
    show();
    expect(screen.queryByTestId("past-card")).toBeNull();
  });
});
