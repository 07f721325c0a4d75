import { createSubaccount, fleetRow, link, nameDevice, scanAndFinish } from "./support/steps";
import { expect, test } from "./support/test";

test("several devices are paused at once with a way back, and moved between priorities by keys", async ({
  page,
  simulator,
  picture,
}) => {
  const first = await simulator.phone("+34600000013", "Hotel Miramar");
  const second = await simulator.phone("+34600000014", "Hotel Miramar Bar");
  await link(page, first, "Hotel Miramar", "Reception");
  await page.getByTestId("link-number").click();
  await nameDevice(page, "Bar");
  await scanAndFinish(page, second);
  await createSubaccount(page, "Autos Ruiz");
  await expect(page.getByTestId("device-label")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("device-label")).toHaveCount(0);
  await page.getByTestId("rail-tile-0").click();
  for (const label of ["Reception", "Bar"])
    await expect(fleetRow(page, label)).toHaveAttribute("data-status", "connected");

  await page.getByTestId("fleet-choose-all").click();
  await page.getByTestId("bulk-pause").click();
  for (const label of ["Reception", "Bar"])
    await expect(fleetRow(page, label)).toHaveAttribute("data-cause", "paused_by_operator");
  await page.getByRole("button", { name: "Undo" }).click();
  for (const label of ["Reception", "Bar"])
    await expect(fleetRow(page, label)).toHaveAttribute("data-status", "connected");

  await page.getByRole("radio", { name: "By subaccount" }).click();
  await fleetRow(page, "Bar").getByTestId("fleet-grip-2").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  await expect(fleetRow(page, "Bar")).toHaveAttribute("data-zone", "high");
  await picture("fleet-by-subaccount");

  await page.getByTestId("fleet-search").fill("recep");
  await expect(page.locator('[data-testid^="fleet-row-"]')).toHaveCount(1);
});

test("a device is erased with its conversations when its label was typed", async ({ page, simulator, picture }) => {
  const ours = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, ours, "Hotel Miramar", "Reception");
  await ana.write(ours, "Is the terrace free?");
  await page.getByTestId("view-inbox").click();
  await expect(page.getByTestId("conversations")).toContainText("Ana Beltrán");
  await page.getByTestId("view-fleet").click();
  await fleetRow(page, "Reception").getByRole("button", { name: "Reception", exact: true }).click();

  await page.getByTestId("settings-remove").click();
  await page.getByTestId("remove-erase").click();
  await expect(page.getByTestId("remove-yes")).toBeDisabled();
  await page.getByTestId("remove-label").fill("Reception");
  await picture("device-erase");
  await page.getByTestId("remove-yes").click();
  await expect(page.getByTestId("fleet-empty")).toBeVisible();
  expect(await ours.linked()).toBe(0);
  await page.getByTestId("view-inbox").click();
  await expect(page.getByText("Ana Beltrán")).toHaveCount(0);
});
