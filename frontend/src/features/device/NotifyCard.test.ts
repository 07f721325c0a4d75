import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { DeviceSettings, Device, NotifySwitch } from "../../api/types";
import { sampleDevice, sampleSubaccount } from "../../test/samples";
import NotifyCard from "./NotifyCard.svelte";

const TOLD = /^You are told when it is offline/;
const SILENT = /^You are not told about this device/;

function show(device: NotifySwitch, subaccount: NotifySwitch, workspaceOn: boolean) {
  const onsave = vi.fn((_device: Device, _part: Partial<DeviceSettings>) => Promise.resolve(""));
  const owner = sampleSubaccount({
    id: 1,
    name: "Clínica Vida",
    initials: "CV",
    colour: "teal",
    position: 0,
    notify: subaccount,
  });
  const shown = sampleDevice({ notify: device });
  render(NotifyCard, { device: shown, owner, workspaceOn, onsave });
  return { onsave, device: shown };
}

describe("the notifications of a device", () => {
  it.each([
    ["as everything else", "", "", true, TOLD],
    ["as everything else, silent", "", "", false, SILENT],
    ["as its subaccount", "", "off", true, SILENT],
    ["as its subaccount, which is told of in a silent workspace", "", "on", false, TOLD],
    ["by itself", "on", "off", false, TOLD],
    ["silent by itself", "off", "on", true, SILENT],
  ] as const)("say what follows from the switches: %s", (_, device, subaccount, workspace, words) => {
    show(device, subaccount, workspace);
    expect(screen.getByText(words)).toBeVisible();
  });

  it("are chosen with one press, and which choice holds is shown", async () => {
    const { onsave, device } = show("", "", true);
    expect(screen.getByRole("radio", { name: "As its subaccount" })).toBeChecked();
    await userEvent.click(screen.getByRole("radio", { name: "Off" }));
    expect(onsave).toHaveBeenCalledWith(device, { notify: "off" });
  });
});
