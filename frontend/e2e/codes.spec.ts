import { expect, type Page } from "@playwright/test";

import { createSubaccount, fleetRow, link, nameDevice } from "./support/steps";
import { test } from "./support/test";

/** The code that a dialog shows to be typed. */
async function typedCode(page: Page): Promise<string> {
  const code = page.getByTestId("pair-typed");
  await expect(code).toBeVisible();
  return (await code.getAttribute("data-code")) ?? "";
}

test("a number is linked by a code that is typed into its phone, and no code is asked for it again", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await createSubaccount(page, "Hotel Miramar");
  await nameDevice(page, "Reception");
  await page.getByRole("radio", { name: "Type a code instead" }).click();
  await page.getByTestId("pair-number").fill("+34 600 000 013");
  await picture("pairing-number");
  await page.getByTestId("pair-ask-code").click();
  const code = await typedCode(page);
  expect(code).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/);
  await picture("pairing-code");
  await expect(hotel.enterCode("2222-2222")).rejects.toThrow();
  expect((await hotel.enterCode(code.toLowerCase())).linked).toBe(true);
  await page.getByTestId("pair-done").click();
  await expect(fleetRow(page, "Reception")).toHaveAttribute("data-status", "connected");

  await createSubaccount(page, "Autos Ruiz");
  await nameDevice(page, "Showroom");
  await page.getByRole("radio", { name: "Type a code instead" }).click();
  await page.getByTestId("pair-number").fill("+34600000013");
  await page.keyboard.press("Enter");
  const guard = page.getByTestId("guard-dialog");
  await expect(guard).toContainText("WhatsApp was not asked for a code");
  await expect(guard).toContainText("+34 600 00 00 13");
  await expect(guard).toContainText("Hotel Miramar");
  await picture("pairing-code-refused");
  const asked = (await simulator.transcript()).split("is asked for a code").length - 1;
  expect(asked).toBe(1);
  await page.getByTestId("guard-again").click();
  await expect(page.getByTestId("pair-number")).toBeVisible();
});

test("several devices are relinked one after the other, with the keyboard, and the walk outlives its dialog", async ({
  page,
  simulator,
  picture,
}) => {
  const names = ["Front desk", "Bookings", "Spa"] as const;
  const phones = [];
  for (const [i, name] of names.entries()) {
    const phone = await simulator.phone(`+3460000001${i}`, name);
    phones.push(phone);
    if (i === 0) await link(page, phone, "Hotel Miramar", name);
    else {
      await page.getByTestId("view-fleet").click();
      await page.getByTestId("link-number").click();
      await nameDevice(page, name);
      await page.getByRole("radio", { name: "Type a code instead" }).click();
      await page.getByTestId("pair-number").fill(phone.number);
      await page.keyboard.press("Enter");
      await phone.enterCode(await typedCode(page));
      await page.getByTestId("pair-done").click();
    }
    await expect(fleetRow(page, name)).toHaveAttribute("data-status", "connected");
  }
  for (const phone of phones) await phone.unlink();
  await page.getByTestId("view-fleet").click();
  for (const name of names) await expect(fleetRow(page, name)).toHaveAttribute("data-cause", "unlinked_from_phone");
  await picture("relink-offer");
  const dialog = page.getByTestId("relink-dialog");
  await page.getByTestId("relink-open").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("relink-begin")).toBeFocused();
  await picture("relink-choose");
  await page.keyboard.press("Enter");

  await expect(dialog).toContainText("Relink Front desk");
  await expect(page.getByTestId("relink-number")).toHaveText("+34 600 00 00 10");
  await expect(page.getByTestId("relink-show")).toBeFocused();
  await picture("relink-ready");
  await page.keyboard.press("Enter");
  const first = await typedCode(page);
  await picture("relink-code");
  await page.getByTestId("pair-code-new").click();
  await expect(page.getByTestId("pair-typed")).not.toHaveAttribute("data-code", first);
  const code = await typedCode(page);
  await expect(phones[0]?.enterCode(first)).rejects.toThrow();
  await phones[0]?.enterCode(code);
  await expect(page.getByTestId("relink-next")).toBeFocused();
  await page.keyboard.press("Enter");

  await expect(dialog).toContainText("Relink Bookings");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByTestId("relink-bar")).toContainText("1 of 3");
  await page.getByTestId("relink-open").click();
  await expect(dialog).toContainText("Relink Bookings");
  await page.getByTestId("relink-later").click();

  await expect(dialog).toContainText("Relink Spa");
  await page.getByTestId("relink-show").click();
  await phones[2]?.enterCode(await typedCode(page));
  await page.getByTestId("relink-next").click();

  await expect(dialog).toContainText("Relink Bookings");
  await page.getByTestId("relink-skip").click();
  await expect(dialog).toContainText("2 of 3 linked");
  await picture("relink-results");
  await page.getByTestId("relink-done").click();
  await expect(page.getByTestId("relink-bar")).toHaveCount(0);
  await expect(fleetRow(page, "Front desk")).toHaveAttribute("data-status", "connected");
  await expect(fleetRow(page, "Spa")).toHaveAttribute("data-status", "connected");
  await expect(fleetRow(page, "Bookings")).toHaveAttribute("data-cause", "unlinked_from_phone");
});
