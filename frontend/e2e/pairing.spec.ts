import { readQR } from "./support/qr";
import { createSubaccount, fleetRow, link, nameDevice, scanAndFinish } from "./support/steps";
import { expect, test } from "./support/test";

test("a dialog that is closed links nothing, and its code is worth nothing", async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await createSubaccount(page, "Hotel Miramar");
  await nameDevice(page, "Reception");
  const code = await readQR(page);
  await page.getByTestId("pair-cancel").click();
  await expect(page.getByTestId("pair-dialog")).toHaveCount(0);
  await expect
    .poll(() =>
      hotel.scan(code).then(
        () => "linked",
        () => "refused",
      ),
    )
    .toBe("refused");
  await expect.poll(() => hotel.linked()).toBe(0);
  await fleetRow(page, "Reception").getByTestId("next-action").click();
  await scanAndFinish(page, hotel);
  await expect(fleetRow(page, "Reception")).toHaveAttribute("data-status", "connected");
});

test("the network drops in the middle of pairing: it says so, and goes on when asked", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await createSubaccount(page, "Hotel Miramar");
  await nameDevice(page, "Reception");
  await simulator.fault({ kind: "drop_pairing", stage: "scan", count: 1 });
  await hotel.scan(await readQR(page)).catch(() => undefined);
  await expect(page.getByTestId("pair-new-code")).toBeVisible();
  await expect(page.getByTestId("pair-failed")).toContainText("Nothing was");
  await picture("pairing-failed");
  await page.getByTestId("pair-new-code").click();
  await scanAndFinish(page, hotel);
  await expect(fleetRow(page, "Reception")).toHaveAttribute("data-status", "connected");
});

test("a relink with another number shows both numbers and changes nothing", async ({ page, simulator, picture }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const other = await simulator.phone("+34600000099", "Somebody else");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await hotel.unlink();
  const row = fleetRow(page, "Reception");
  await page.getByTestId("view-fleet").click();
  await expect(row).toHaveAttribute("data-cause", "unlinked_from_phone");
  await row.getByTestId("next-action").click();
  const result = await other.scan(await readQR(page));
  expect(result.linked).toBe(false);
  const guard = page.getByTestId("guard-dialog");
  await expect(guard).toContainText("+34 600 00 00 13");
  await expect(guard).toContainText("+34 600 00 00 99");
  await picture("wrong-number");
  await page.getByTestId("guard-again").click();
  await scanAndFinish(page, hotel);
  await expect(row).toHaveAttribute("data-status", "connected");
  expect(await other.linked()).toBe(0);
});

test("a second window shows the same code of the same dialog", async ({ page, context, waflow, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await createSubaccount(page, "Hotel Miramar");
  await nameDevice(page, "Reception");
  const code = await readQR(page);
  const other = await context.newPage();
  await other.goto(waflow.address);
  await fleetRow(other, "Reception").getByTestId("next-action").click();
  expect(await readQR(other)).toBe(code);
  expect((await hotel.scan(code)).linked).toBe(true);
  await expect(page.getByTestId("pair-done")).toBeVisible();
  await expect(other.getByTestId("pair-done")).toBeVisible();
});

test("a phone that unlinks at once leaves a device that says so and can be linked again", async ({
  page,
  simulator,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await hotel.unlink();
  const row = fleetRow(page, "Reception");
  await expect(row).toHaveAttribute("data-cause", "unlinked_from_phone");
  await row.getByTestId("next-action").click();
  await simulator.fault({ kind: "drop_pairing", stage: "linked", count: 1 });
  const ended = page.getByTestId("pair-new-code").or(page.getByTestId("pair-done"));
  await Promise.all([hotel.scan(await readQR(page)).catch(() => undefined), expect(ended).toBeVisible()]);
  if (await page.getByTestId("pair-new-code").isVisible()) {
    await page.getByTestId("pair-new-code").click();
    await scanAndFinish(page, hotel);
  } else {
    await page.getByTestId("pair-done").click();
  }
  await expect(row).toHaveAttribute("data-status", "connected");
});
