import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Notice } from "../../api/types";
import { Notices } from "../../state/notices.svelte";
import { Workspace } from "../../state/workspace.svelte";
import { sampleDevice, sampleSubaccount } from "../../test/samples";
import NoticeMenu from "./NoticeMenu.svelte";

const now = new Date(2026, 10, 24, 14, 32).getTime();
const MIN = 60_000;

const offline: Notice = {
  id: 1,
  kind: "offline",
  at: now - 30 * MIN,
  items: [{ subaccount: 1, device: 1, kind: "offline", cause: "network_down" }],
};
const several: Notice = {
  id: 2,
  kind: "several",
  at: now - 10 * MIN,
  items: [
    { subaccount: 1, device: 1, kind: "back", cause: "online" },
    { subaccount: 1, device: 2, kind: "attention", cause: "unlinked_from_phone" },
  ],
};

/** The bell over what was told, read up to the notice with an id. */
function show(told: Notice[], read = 0) {
  const workspace = new Workspace();
  workspace.load({
    subaccounts: [sampleSubaccount({ id: 1, name: "Clínica Vida", initials: "CV", colour: "teal", position: 0 })],
    devices: [sampleDevice(), sampleDevice({ id: 2, slot: 2, label: "Dr. Prado" })],
    removed: [],
    unread: [],
  });
  const readNotices = vi.fn((_upTo: number) => Promise.resolve());
  const notices = new Notices({ readNotices });
  notices.load(told, read);
  const onopen = vi.fn<(target: { subaccount: number; device: number }) => void>();
  render(NoticeMenu, { notices, workspace, now, onopen });
  return { readNotices, onopen, user: userEvent.setup(), bell: screen.getByTestId("notices") };
}

describe("the bell", () => {
  it("says how many are new, and has them read once somebody looks", async () => {
    const { bell, user, readNotices } = show([offline, several], 1);
    expect(bell).toHaveAccessibleName("Notifications, 1 unread");
    await user.click(bell);
    expect(readNotices).toHaveBeenCalledWith(2);
    expect(bell).toHaveAccessibleName("Notifications, 0 unread");
  });

  it("lists what was told, the newest first, with the cause and whose it is", async () => {
    const { bell, user } = show([offline, several]);
    await user.click(bell);
    const [newest, older] = await screen.findAllByRole("menuitem", { hidden: true });
    expect(newest).toHaveTextContent("2 devices changed");
    expect(newest).toHaveTextContent("Dr. Prado · Unlinked from the phone · Clínica Vida");
    expect(older).toHaveTextContent("Reception is offline");
    expect(older).toHaveTextContent("No network · Clínica Vida");
    expect(older).toHaveTextContent(/14:02|2:02/);
  });

  it("opens the device, and the fleet where it tells of several", async () => {
    const { bell, user, onopen } = show([offline, several]);
    bell.focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByText(/Reception is offline/));
    expect(onopen).toHaveBeenLastCalledWith({ subaccount: 1, device: 1 });
    bell.focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByText(/2 devices changed/));
    expect(onopen).toHaveBeenLastCalledWith({ subaccount: 0, device: 0 });
  });

  it("says that nothing was told yet", async () => {
    const { bell, user } = show([]);
    await user.click(bell);
    const [only] = await screen.findAllByRole("menuitem", { hidden: true });
    expect(only).toHaveTextContent("Nothing yet");
    expect(only).toHaveAttribute("aria-disabled", "true");
  });
});
