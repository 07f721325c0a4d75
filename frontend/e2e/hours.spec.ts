import { fleetRow, link } from "./support/steps";
import { expect, test } from "./support/test";

test("a subaccount says its business hours, and the uptime in them is told beside that of all hours", async ({
  page,
  simulator,
  picture,
}) => {
  const ours = await simulator.phone("+34600000013", "Hotel Miramar");
  await link(page, ours, "Hotel Miramar", "Reception");
  await page.getByTestId("view-fleet").click();
  await fleetRow(page, "Reception").getByRole("button", { name: "Reception", exact: true }).click();
  await expect(page.getByTestId("uptime-card")).toContainText("messages could arrive");
  await expect(page.getByTestId("uptime-business")).toHaveCount(0);

  await page.getByTestId("subaccount-menu").click();
  await page.getByTestId("subaccount-rename").click();
  await page.getByRole("switch", { name: "Business hours" }).click();
  await page.getByTestId("hours-day-6").click();
  await page.getByTestId("hours-day-0").click();
  // From nine to nine is the whole day: whenever this runs, it is open.
  await page.getByTestId("hours-to").click();
  await page.getByRole("option", { name: "9:00", exact: true }).click();
  const zone = page.getByTestId("hours-zone");
  await zone.fill("atlantis");
  await expect(page.getByText("No time zone has this name.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(zone).toHaveValue("This computer's time zone");
  await zone.fill("toky");
  await picture("subaccount-hours-zone");
  await page.getByRole("option", { name: "Asia/Tokyo" }).click();
  await expect(zone).toHaveValue("Asia/Tokyo");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await picture(`subaccount-hours-${colorScheme}`);
  }
  await page.getByTestId("subaccount-create").click();

  await expect(page.getByTestId("uptime-business")).toContainText("in business hours");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await picture(`device-business-hours-${colorScheme}`);
  }
  await page.keyboard.press("Escape");
  await page.getByTestId("view-fleet").click();
  await page.reload();
  await expect(page.getByTestId("uptime-cell")).toHaveAttribute("title", /In business hours: \d/);
});
