import { fleetRow, link } from "./support/steps";
import { expect, test } from "./support/test";

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
