import { faults } from "./support/faults";
import { readQR } from "./support/qr";
import { answer, conversation, createSubaccount, link, nameDevice, showInbox } from "./support/steps";
import { expect, test } from "./support/test";

for (const theme of ["light", "dark"] as const) {
  for (const size of [
    { width: 1280, height: 800 },
    { width: 960, height: 640 },
  ]) {
    test(`no fault that can be found by rule: ${theme}, ${size.width} × ${size.height}`, async ({
      page,
      simulator,
      picture,
    }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize(size);
      const name = (what: string) => `${what}-${theme}-${size.width}`;
      const check = async (what: string) => {
        await picture(name(what));
        expect.soft(await faults(page), what).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        expect.soft(wide, `${what} scrolls sideways`).toBe(false);
      };
      const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
      const ana = await simulator.phone("+34600000144", "Ana Beltrán");
      const long = await simulator.phone(
        "+34600000145",
        "Wolfeschlegelsteinhausenbergerdorff von Hohenzollern-Sigmaringen",
      );

      await expect(page.getByTestId("welcome-link")).toBeVisible();
      await check("welcome");
      await createSubaccount(page, "Hotel Miramar");
      await expect(page.getByTestId("device-label")).toBeFocused();
      await check("new-device");
      await nameDevice(page, "Reception");
      const code = await readQR(page);
      await check("pairing");
      expect((await hotel.scan(code)).linked).toBe(true);
      await expect(page.getByTestId("pair-done")).toBeFocused();
      await check("linked");
      await page.getByTestId("pair-done").click();

      await showInbox(page);
      await expect(page.getByTestId("inbox")).toContainText("No conversations yet");
      await check("inbox-empty");
      await ana.write(hotel, "Hola! Is the terrace free the last weekend of May? We are 60.");
      await long.write(
        hotel,
        "I have a long name and a long word: Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
      );
      await conversation(page, "Ana Beltrán").click();
      await answer(page, "Yes, the whole of May.");
      await expect(page.getByTestId("thread").locator('[data-state="delivered"]')).toHaveCount(1);
      await check("inbox");
      await hotel.network(false);
      await expect(page.getByTestId("composer-held")).toBeVisible();
      await check("inbox-offline");

      await page.getByTestId("view-fleet").click();
      await expect(page.locator('[data-testid^="fleet-row-"]')).toHaveAttribute("data-status", "offline");
      await check("fleet");
      await page.getByTestId("view-settings").click();
      await check("settings");
      await hotel.network(true);
    });
  }
}

test("the dialog that refuses a number has no fault that can be found by rule", async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await createSubaccount(page, "Autos Ruiz");
  await nameDevice(page, "Showroom");
  await hotel.scan(await readQR(page));
  await expect(page.getByTestId("guard-dialog")).toBeVisible();
  expect(await faults(page)).toEqual([]);
});
