import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Workspace } from "../../state/workspace.svelte";
import { sampleDevice, sampleSubaccount } from "../../test/samples";
import RailHost from "../../test/RailHost.svelte";

const subaccounts = [1, 2].map((id) =>
  sampleSubaccount({
    id,
    name: `Client ${id}`,
    initials: `C${id}`,
    colour: "teal",
    position: id,
  }),
);

function show(focus = 0) {
  const workspace = new Workspace();
  workspace.load({
    subaccounts,
    devices: [
      sampleDevice({ id: 1, subaccount: 1 }),
      sampleDevice({ id: 2, subaccount: 1, status: "attention", cause: "deaf" }),
    ],
    removed: [],
    unread: [{ subaccount: 1, messages: 9, conversations: 2 }],
  });
  const props = { workspace, focus, onfocus: vi.fn(), oncreate: vi.fn() };
  render(RailHost, props);
  return { ...props, user: userEvent.setup() };
}

describe("the rail", () => {
  beforeEach(() => {
    vi.stubGlobal(
      "ResizeObserver",
      class {
        observe() {}
        unobserve() {}
        disconnect() {}
      },
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  it("tells each subaccount's worst status and what is unread", () => {
    show();
    expect(screen.getByRole("navigation", { name: "Subaccounts" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Client 1: Requires attention, 9 unread" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Client 2: no device yet, 0 unread" })).toBeVisible();
    expect(screen.getByTestId("rail-tile-0")).toHaveAttribute("aria-current", "true");
  });

  it("is one tab stop with arrows inside", async () => {
    const { user, onfocus } = show(1);
    await user.tab();
    expect(screen.getByTestId("rail-tile-1")).toHaveFocus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByTestId("rail-tile-2")).toHaveFocus();
    await user.keyboard("{Home}");
    expect(screen.getByTestId("rail-tile-0")).toHaveFocus();
    expect(onfocus).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    expect(onfocus).toHaveBeenCalledWith(0);
    await user.tab();
    expect(screen.getByTestId("rail-add")).toHaveFocus();
  });

  it("adds a subaccount", async () => {
    const { user, oncreate } = show();
    await user.click(screen.getByTestId("rail-add"));
    expect(oncreate).toHaveBeenCalledTimes(1);
  });
});
