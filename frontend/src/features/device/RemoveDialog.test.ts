import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CallError } from "../../api/problem";
import { calledBySlot } from "../../lib/deviceWords";
import { Removal, type RemovalCalls } from "../../state/removal.svelte";
import { sampleDevice } from "../../test/samples";
import RemoveDialog from "./RemoveDialog.svelte";

const loss = { conversations: 1284, shared: 12, messages: 48_210, waiting: 3, backups: 2 };

async function ask(part: Parameters<typeof sampleDevice>[0] = {}, calls: Partial<RemovalCalls> = {}) {
  const removeDevice = vi.fn<RemovalCalls["removeDevice"]>(async () => ({ phoneTold: true }));
  const gone = vi.fn();
  const removal = new Removal({ removalLoss: async () => loss, removeDevice, ...calls }, gone);
  render(RemoveDialog, { removal, called: calledBySlot, locale: "en" });
  const device = sampleDevice(part);
  await removal.ask(device);
  return { removal, removeDevice, gone, device, user: userEvent.setup(), yes: await screen.findByTestId("remove-yes") };
}

describe("removing a device", () => {
  it("keeps the conversations unless they are to go, and tells what fails", async () => {
    const { user, yes, removeDevice, gone, device } = await ask();
    expect(screen.getByTestId("remove-no")).toHaveFocus();
    expect(screen.getByText(/takes Waflow off that phone's linked devices first/)).toBeVisible();
    expect(screen.getByText("Not sent yet, and never will be: 3.")).toBeVisible();
    expect(screen.queryByTestId("remove-label")).toBeNull();
    await user.click(yes);
    expect(removeDevice).toHaveBeenCalledExactlyOnceWith(1, { erase: false, label: "" });
    expect(gone).toHaveBeenCalledWith(device);
    expect(screen.queryByTestId("remove-dialog")).toBeNull();
  });

  it("erases only when the label was typed, and says what is lost and what stays", async () => {
    const { user, yes, removeDevice } = await ask();
    await user.click(screen.getByTestId("remove-erase"));
    const dialog = screen.getByTestId("remove-dialog");
    expect(dialog).toHaveTextContent("Here 1,284 conversations and 48,210 messages are lost.");
    expect(dialog).toHaveTextContent("12 conversations that another number carried too stay");
    expect(dialog).toHaveTextContent("Backups stay: 2 on this computer still hold them.");
    expect(yes).toHaveTextContent("Erase Reception ·1");
    expect(yes).toBeDisabled();
    await user.type(screen.getByTestId("remove-label"), "reception{Enter}");
    expect(removeDevice).not.toHaveBeenCalled();
    await user.clear(screen.getByTestId("remove-label"));
    await user.type(screen.getByTestId("remove-label"), "Reception");
    await user.click(yes);
    expect(removeDevice).toHaveBeenCalledExactlyOnceWith(1, { erase: true, label: "Reception" });
  });

  it("says before and after that the phone could not be told", async () => {
    const { user, yes, removal } = await ask(
      { status: "offline", cause: "server_unreachable" },
      { removeDevice: async () => ({ phoneTold: false }) },
    );
    expect(screen.getByText(/the phone can't be told/)).toBeVisible();
    await user.click(yes);
    expect(await screen.findByTestId("removed-dialog")).toHaveTextContent("On the phone of +34 600 000 013");
    await user.click(screen.getByTestId("removed-close"));
    expect(removal.device).toBeNull();
  });

  it("stays open when it did not work, and says why", async () => {
    const refuse = async () => {
      throw new CallError({ code: "storage_failed", message: "", detail: {}, action: "" });
    };
    const { user, yes, gone } = await ask({}, { removeDevice: refuse });
    await user.click(yes);
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk refused");
    expect(gone).not.toHaveBeenCalled();
  });
});
