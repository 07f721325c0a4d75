import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Device } from "../../api/types";
import { FleetList } from "../../state/fleetList.svelte";
import { Uptimes } from "../../state/uptimes.svelte";
import { Workspace } from "../../state/workspace.svelte";
import { Together } from "../../state/together.svelte";
import { layOut } from "../../test/layout";
import { sampleDevice, sampleSubaccount, sampleUptime } from "../../test/samples";
import FleetView from "./FleetView.svelte";

const now = Date.UTC(2026, 10, 24, 14, 32);
const subaccounts = [
  sampleSubaccount({ id: 1, name: "Clínica Vida", initials: "CV", colour: "teal", position: 0 }),
  sampleSubaccount({ id: 2, name: "مطعم الواحة", initials: "مو", colour: "rust", position: 1 }),
];
const reception = sampleDevice({
  id: 1,
  label: "Reception",
  status: "attention",
  cause: "unlinked_from_phone",
  next: "relink",
  since: now - 34 * 60_000,
});
const showroom = sampleDevice({
  id: 2,
  subaccount: 2,
  label: "Showroom",
  status: "offline",
  cause: "server_unreachable",
  next: "try_now",
  since: now - 300_000,
  nextTry: now + 18_000,
  try: 6,
});
const desk = sampleDevice({ id: 3, slot: 2, label: "Front desk", since: now - 8 * 86_400_000, lastIn: now - 60_000 });

async function show(devices: Device[], subaccount = 0) {
  const workspace = new Workspace();
  workspace.load({ subaccounts, devices, removed: [], unread: [] });
  const uptimes = new Uptimes({
    fleet: () => Promise.resolve([sampleUptime({ share: 0.9876, down: 60_000, outages: 2 })]),
  });
  onTestFinished(uptimes.watch(7));
  const props = {
    workspace,
    list: new FleetList(workspace),
    uptimes,
    together: new Together({
      together: async (_, ids) =>
        ids.map((device) => ({
          device,
          problem: device === 1 ? { code: "conflict", message: "", detail: {}, action: "" } : null,
        })),
    }),
    subaccount,
    now,
    busy: () => false,
    onlink: vi.fn(),
    onopen: vi.fn(),
    onact: vi.fn(),
    onpause: vi.fn(),
    onsave: vi.fn(),
    onbulk: vi.fn(),
  };
  render(FleetView, props);
  // What is in a virtual list is measured first.
  if (devices.length > 0) await vi.waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(1));
  return { ...props, user: userEvent.setup() };
}

const labels = () =>
  screen.getAllByRole("row").flatMap((row) =>
    within(row)
      .queryAllByRole("button", { name: /^(Reception|Showroom|Front desk)$/ })
      .map((one) => one.textContent?.trim()),
  );

describe("the fleet's view", () => {
  beforeEach(() => {
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    layOut();
  });
  afterEach(() => vi.unstubAllGlobals());

  it("says what is broken, whose it is, since when and what to do, the worst first", async () => {
    await show([desk, showroom, reception]);
    expect(labels()).toEqual(["Reception", "Showroom", "Front desk"]);
    const first = within(screen.getByTestId("fleet-row-1"));
    expect(first.getByText("Unlinked from the phone")).toBeVisible();
    expect(first.getByRole("img", { name: "Requires attention" })).toBeInTheDocument();
    expect(first.getByText("Someone removed Waflow under Linked devices. Chats stay.")).toBeVisible();
    expect(first.getByText("Clínica Vida")).toBeVisible();
    expect(first.getByText(/13:58/)).toHaveTextContent("13:5834 min");
    expect(within(screen.getByTestId("fleet-row-2")).getByText("Try 6 failed. The next one is in 0:18.")).toBeVisible();
    expect(within(screen.getByTestId("fleet-row-3")).getByText("since 16 Nov (8 d)")).toBeVisible();
    expect(within(screen.getByTestId("fleet-row-3")).queryByTestId("next-action")).toBeNull();
  });

  it("does what the button says, without opening the device", async () => {
    const { user, onact, onopen } = await show([reception]);
    await user.click(screen.getByRole("button", { name: "Relink, Reception" }));
    expect(onact).toHaveBeenCalledWith(reception, "link");
    expect(onopen).not.toHaveBeenCalled();
  });

  it("opens a device by its row and by its name", async () => {
    const { user, onopen } = await show([reception]);
    await user.click(screen.getByText("Someone removed Waflow under Linked devices. Chats stay."));
    await user.click(screen.getByRole("button", { name: "Reception" }));
    expect(onopen).toHaveBeenCalledTimes(2);
  });

  it("is one tab stop with arrows inside, and the dot does the next action", async () => {
    const { user, onact } = await show([reception, showroom, desk]);
    const name = (label: string) => screen.getByRole("button", { name: label });
    expect([name("Reception").tabIndex, name("Showroom").tabIndex]).toEqual([0, -1]);
    name("Reception").focus();
    await user.keyboard("{ArrowDown}");
    expect(name("Showroom")).toHaveFocus();
    await user.keyboard(".");
    expect(onact).toHaveBeenCalledWith(showroom, "try_now");
    await user.keyboard("{End}");
    expect(name("Front desk")).toHaveFocus();
    await user.keyboard("k");
    expect(name("Showroom")).toHaveFocus();
    expect(name("Showroom").tabIndex).toBe(0);
  });

  it("hides what a status chip leaves out, and says so when nothing is left", async () => {
    const { user, list } = await show([reception, desk]);
    await user.click(screen.getByTestId("fleet-filter-connected"));
    expect(labels()).toEqual(["Front desk"]);
    list.toggle("statuses", "connected");
    list.toggle("statuses", "pending");
    await user.click(await screen.findByRole("button", { name: "Show all" }));
    expect(labels()).toEqual(["Reception", "Front desk"]);
  });

  it("groups by subaccount", async () => {
    const { user } = await show([reception, showroom, desk]);
    await user.click(screen.getByRole("radio", { name: "By subaccount" }));
    const heads = screen.getAllByRole("rowheader").map((head) => head.textContent);
    expect(heads).toHaveLength(3);
    expect(heads[0]).toContain("Clínica Vida");
    expect(heads[1]).toBe("Medium priority");
    expect(heads[2]).toContain("مطعم الواحة");
  });

  it("moves a device to another priority by keys, and by the menu", async () => {
    const { user, onsave } = await show([reception, desk, showroom]);
    await user.click(screen.getByRole("radio", { name: "By subaccount" }));
    const grip = await screen.findByRole("button", { name: "Move Reception ·1 to another priority" });
    grip.focus();
    await user.keyboard(" {ArrowDown}");
    expect(screen.getByTestId("fleet-zone-low")).toHaveTextContent("Low priorityLet go here");
    await user.keyboard("{Escape}");
    expect(onsave).not.toHaveBeenCalled();
    await user.keyboard(" {ArrowUp} ");
    expect(onsave).toHaveBeenLastCalledWith(reception, { priority: "high" });
    await user.click(within(screen.getByTestId("fleet-row-3")).getByTestId("row-menu"));
    await user.click(await screen.findByTestId("row-priority-low"));
    expect(onsave).toHaveBeenLastCalledWith(desk, { priority: "low" });
  });

  it("does the same to the chosen devices", async () => {
    const { user, onbulk } = await show([reception, showroom, desk]);
    await user.click(screen.getByTestId("fleet-choose-1"));
    await user.keyboard("{Shift>}");
    await user.click(screen.getByTestId("fleet-choose-3"));
    await user.keyboard("{/Shift}");
    expect(screen.getByText("3 chosen")).toBeVisible();
    await user.click(screen.getByTestId("bulk-pause"));
    expect(onbulk).toHaveBeenCalledExactlyOnceWith("pause", [1, 2, 3]);
    await user.click(screen.getByTestId("bulk-none"));
    expect(screen.queryByTestId("fleet-bulk")).toBeNull();
  });

  it("says of each device why something was not done", async () => {
    const { together } = await show([reception, showroom]);
    await together.act("pause", [1, 2]);
    const summary = await screen.findByTestId("bulk-summary");
    expect(summary).toHaveTextContent("1 device paused. 1 was left as it is:");
    expect(summary).toHaveTextContent("Reception Clínica Vida It is stopped already and needs attention.");
  });

  it("finds a device by words, and says how many are shown", async () => {
    const { user, list } = await show([reception, showroom, desk]);
    await user.type(screen.getByTestId("fleet-search"), "desk");
    expect(labels()).toEqual(["Front desk"]);
    expect(screen.getByTestId("fleet-filter-bar")).toHaveTextContent("1 of 3 shown");
    await user.keyboard("{Escape}");
    expect(list.narrowed).toBe(false);
  });

  it("filters by purpose and subaccount, with how many each has", async () => {
    const { user } = await show([reception, showroom, desk]);
    await user.click(screen.getByTestId("fleet-filter-more"));
    const other = await screen.findByTestId("fleet-subaccount-2");
    expect(other).toHaveTextContent("1");
    await user.click(other);
    expect(other).toHaveAttribute("aria-checked", "true");
    expect(labels()).toEqual(["Showroom"]);
  });

  it("says what happens next where there is no device yet", async () => {
    const { user, onlink } = await show([], 1);
    expect(screen.getByTestId("fleet-empty")).toHaveTextContent("Link a number of Clínica Vida");
    await user.click(screen.getByTestId("link-number"));
    expect(onlink).toHaveBeenCalledWith(1);
  });

  it("asks whose number is linked where several subaccounts are shown", async () => {
    const { user, onlink } = await show([reception]);
    await user.click(screen.getByTestId("link-number"));
    await user.click(await screen.findByTestId("link-for-2"));
    expect(onlink).toHaveBeenCalledWith(2);
  });
});
