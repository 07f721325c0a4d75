import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CallError } from "../../api/problem";
import type { AppInfo } from "../../api/types";
import { Notices } from "../../state/notices.svelte";
import { SubaccountDialog } from "../../state/subaccountDialog.svelte";
import { Workspace } from "../../state/workspace.svelte";
import { sampleDevice, sampleSubaccount } from "../../test/samples";
import Banners from "./Banners.svelte";
import NoticeStack from "./NoticeStack.svelte";
import StartupProblem from "./StartupProblem.svelte";
import SubaccountForm from "./SubaccountForm.svelte";

const info: AppInfo = {
  version: "0.1.0",
  mode: "desktop",
  demo: false,
  simulated: false,
  dataDir: "/home/marta/.local/share/waflow",
  platform: "linux",
  problem: null,
  clockWrong: false,
  players: "",
  backups: [],
};

describe("the dialog that creates a subaccount", () => {
  function show(create: (name: string) => Promise<never>) {
    const dialog = new SubaccountDialog(
      {
        createSubaccount: create,
        renameSubaccount: (_, name) => create(name),
        notifySubaccount: () => create(""),
        keepDeleted: () => create(""),
        setFetchPolicy: () => create(""),
        setBusinessHours: () => create(""),
      },
      () => undefined,
    );
    dialog.create();
    render(SubaccountForm, { dialog });
    return { user: userEvent.setup(), dialog };
  }

  it("asks whose number it is, with the seed's advice, and takes no empty name", async () => {
    const create = vi.fn<(name: string) => Promise<never>>();
    const { user } = show(create);
    expect(screen.getByRole("dialog", { name: "Whose number is this?" })).toBeVisible();
    expect(screen.getByText(/business number with one purpose, not a personal one/)).toBeVisible();
    expect(screen.getByTestId("subaccount-name")).toHaveFocus();
    await user.keyboard("   {Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("1 to 60 characters");
    expect(create).not.toHaveBeenCalled();
  });

  it("says beside the field why a name is refused", async () => {
    const refusal = new CallError({ code: "conflict", message: "", detail: {}, action: "" });
    const create = vi.fn<(name: string) => Promise<never>>().mockRejectedValue(refusal);
    const { user, dialog } = show(create);
    await user.type(screen.getByTestId("subaccount-name"), "  Hotel Miramar ");
    await user.click(screen.getByTestId("subaccount-create"));
    expect(create).toHaveBeenCalledWith("Hotel Miramar");
    expect(await screen.findByRole("alert")).toHaveTextContent("Another subaccount has this name. Choose another one.");
    expect(dialog.open).toBe(true);
  });
});

describe("notices in the page", () => {
  it("say what happened to which device and open it", async () => {
    const notices = new Notices({ readNotices: async () => undefined });
    const workspace = new Workspace();
    workspace.load({
      subaccounts: [sampleSubaccount({ id: 4, name: "Hotel", initials: "H", colour: "teal", position: 0 })],
      devices: [sampleDevice({ id: 9, subaccount: 4, label: "Concierge" })],
      removed: [],
      unread: [],
    });
    const onopen = vi.fn();
    const item = { subaccount: 4, device: 9, kind: "attention" as const, cause: "unlinked_from_phone" };
    notices.apply(
      [{ topic: "notice", id: 1, gone: false, value: { id: 1, kind: "attention", at: 1, items: [item] } }],
      true,
    );
    render(NoticeStack, { notices, workspace, onopen });
    expect(screen.getByRole("alert")).toHaveTextContent(
      "Concierge requires attention. Unlinked from the phone · Hotel",
    );
    expect(screen.getByTestId("notice")).toHaveTextContent("Unlinked from the phone · Hotel");
    await userEvent.click(screen.getByRole("button", { name: /Concierge/ }));
    expect(onopen).toHaveBeenCalledWith({ subaccount: 4, device: 9 });
    expect(screen.queryByTestId("notice")).toBeNull();
  });
});

describe("a workspace that cannot be opened", () => {
  it("says the cause, what is safe and what to do, with the folder and the details", async () => {
    const user = userEvent.setup();
    const problem = { code: "synced_folder", message: "in Dropbox", detail: {}, action: "other_folder" };
    render(StartupProblem, { problem, info: { ...info, problem }, onretry: vi.fn(), onrestore: vi.fn() });
    expect(screen.getByRole("heading", { name: "Waflow's folder is being synced" })).toBeVisible();
    expect(screen.getByText(/Nothing was changed. Start Waflow with --data-dir/)).toBeVisible();
    expect(screen.getByText(info.dataDir)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Copy details" }));
    expect(await navigator.clipboard.readText()).toBe("Waflow 0.1.0\nsynced_folder\nin Dropbox");
  });

  it("offers the backups of a damaged database, and goes on with the one that is chosen", async () => {
    const problem = { code: "database_damaged", message: "", detail: {}, action: "" };
    const backups = [
      { name: "newer", at: Date.UTC(2026, 10, 23, 9) },
      { name: "older", at: Date.UTC(2026, 10, 22, 9) },
    ];
    const onretry = vi.fn();
    const onrestore = vi.fn().mockRejectedValueOnce(new CallError(problem)).mockResolvedValueOnce(undefined);
    render(StartupProblem, { problem, info: { ...info, problem, backups }, onretry, onrestore });
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: /^Use the backup of 23 Nov/ }));
    expect(onrestore).toHaveBeenLastCalledWith("newer");
    expect(await screen.findByRole("alert")).toHaveTextContent("Waflow did not touch it");
    expect(onretry).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: /^Use the backup of 22 Nov/ }));
    expect(onrestore).toHaveBeenLastCalledWith("older");
    await vi.waitFor(() => expect(onretry).toHaveBeenCalledOnce());
  });
});

describe("banners", () => {
  const cutOff = [sampleDevice({ status: "offline", cause: "network_down", nextTry: 12_000 })];
  const calm = { info, lost: false, clockWrong: false, diskRefuses: false, cutOff: [], now: 0, ontry: () => undefined };

  it.each([
    ["a lost engine before everything", { lost: true, clockWrong: true, cutOff }, "banner-lost"],
    ["a disk that refuses before a wrong clock", { diskRefuses: true, clockWrong: true }, "banner-disk"],
    ["a wrong clock before no network", { clockWrong: true, cutOff }, "banner-clock"],
    ["no network before the demo", { cutOff, info: { ...info, demo: true } }, "banner-network"],
    ["the demo before its simulator", { info: { ...info, demo: true, simulated: true } }, "banner-demo"],
    ["a simulator", { info: { ...info, simulated: true } }, "banner-simulated"],
  ])("tell %s, one at a time", (_, part, testid) => {
    render(Banners, { ...calm, ...part });
    expect(screen.getAllByTestId(/^banner-/).map((one) => one.dataset.testid)).toEqual([testid]);
  });

  it("are silent when all is well", () => {
    render(Banners, calm);
    expect(screen.queryByTestId(/^banner-/)).toBeNull();
  });

  it("say when the network is tried next, and try now", async () => {
    const ontry = vi.fn();
    render(Banners, { ...calm, cutOff, ontry });
    expect(screen.getByTestId("banner-network")).toHaveTextContent("No network. Next try in 0:12");
    await userEvent.click(screen.getByRole("button", { name: "Try now" }));
    expect(ontry).toHaveBeenCalledTimes(1);
  });
});
