import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CallError } from "../../api/problem";
import type { BusinessHours, Subaccount } from "../../api/types";
import { SubaccountDialog } from "../../state/subaccountDialog.svelte";
import { sampleSubaccount } from "../../test/samples";
import SubaccountForm from "./SubaccountForm.svelte";

function show(hours: Partial<BusinessHours> = {}) {
  const subaccount = sampleSubaccount();
  const edited = { ...subaccount, hours: { ...subaccount.hours, ...hours } };
  const setBusinessHours = vi.fn<(id: number, to: BusinessHours) => Promise<Subaccount>>().mockResolvedValue(edited);
  const answer = () => Promise.resolve(edited);
  const calls = {
    createSubaccount: answer,
    renameSubaccount: answer,
    notifySubaccount: answer,
    keepDeleted: answer,
    setFetchPolicy: answer,
    setBusinessHours,
  };
  const dialog = new SubaccountDialog(calls, () => undefined);
  dialog.edit(edited);
  render(SubaccountForm, { dialog });
  return { user: userEvent.setup(), dialog, edited, setBusinessHours };
}

// A dialog full of fields takes its time where no browser draws it.
describe("the business hours of a subaccount", { timeout: 60_000 }, () => {
  it("are not said until they are switched on, and are then Monday to Friday", async () => {
    const { user, setBusinessHours, edited, dialog } = show();
    expect(screen.queryByTestId("hours-fields")).toBeNull();
    await user.click(screen.getByTestId("hours-on"));
    expect(screen.getByLabelText("Monday")).toHaveAttribute("aria-pressed", "true");
    expect(screen.getByLabelText("Sunday")).toHaveAttribute("aria-pressed", "false");
    expect(screen.getByTestId("hours-from")).toHaveTextContent("9:00");
    expect(screen.getByTestId("hours-zone")).toHaveValue("This computer's time zone");
    await user.click(screen.getByTestId("subaccount-create"));
    expect(setBusinessHours).toHaveBeenCalledWith(1, { ...edited.hours, on: true });
    expect(dialog.open).toBe(false);
  });

  it("are left alone where nothing was changed", async () => {
    const { user, setBusinessHours, dialog } = show({ on: true });
    await user.click(screen.getByTestId("subaccount-create"));
    expect(dialog.open).toBe(false);
    expect(setBusinessHours).not.toHaveBeenCalled();
  });

  it("need a day", async () => {
    const { user, setBusinessHours } = show({ on: true, days: [false, true, false, false, false, false, false] });
    await user.click(screen.getByLabelText("Monday"));
    expect(screen.getByRole("alert")).toHaveTextContent("Choose at least one day.");
    await user.click(screen.getByTestId("subaccount-create"));
    expect(setBusinessHours).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText("Sunday"));
    await user.click(screen.getByTestId("subaccount-create"));
    expect(setBusinessHours.mock.lastCall?.[1].days).toEqual([true, false, false, false, false, false, false]);
  });

  it("say when they end on the next day", () => {
    show({ on: true, from: 1320, to: 120 });
    expect(screen.getByText("on the next day")).toBeVisible();
  });

  it("tell beside the zone that the engine does not know it", async () => {
    const { user, setBusinessHours, dialog } = show();
    const detail = { field: "zone" };
    setBusinessHours.mockRejectedValue(new CallError({ code: "invalid", message: "", detail, action: "" }));
    await user.click(screen.getByTestId("hours-on"));
    await user.click(screen.getByTestId("subaccount-create"));
    expect(await screen.findByRole("alert")).toHaveTextContent("Waflow does not know this time zone.");
    expect(dialog.open).toBe(true);
  });
});
