import { agency, type Ours } from "./support/agency";
import { call } from "./support/engine";
import { faults } from "./support/faults";
import { UNTIL_BACK } from "./support/steps";
import { expect, test } from "./support/test";

test("the fleet and the pages of its devices, in every status, light and dark", async ({
  page,
  simulator,
  picture,
}) => {
  test.slow(); // many devices and many pictures
  await expect(page.getByTestId("welcome-link")).toBeVisible();
  const ours = await agency(page, simulator);
  const at = (label: string): Ours => {
    const one = ours.get(label);
    if (one === undefined) throw new Error(`${label} is no device of the agency`);
    return one;
  };
  const row = (label: string) => page.getByTestId(`fleet-row-${at(label).id}`);
  const becomes = (label: string, cause: string) => expect(row(label)).toHaveAttribute("data-cause", cause, UNTIL_BACK);
  await page.getByTestId("view-fleet").click();
  const linked = ["Reception", "Dr. Prado", "Emergencies", "Pharmacy", "Vermietung"];
  for (const label of linked) await becomes(label, "online");

  await test.step("what can happen to a device happens", async () => {
    const ana = await simulator.phone("+34600000944", "Ana Beltrán");
    await at("Reception").phone.unlink();
    await at("Emergencies").phone.timeLock(36_000);
    await call(page, "Fleet.Pause", at("Pharmacy").id);
    await at("Vermietung").phone.network(false);
    await at("Dr. Prado").phone.network(false);
    await becomes("Dr. Prado", "server_unreachable");
    await ana.burst(at("Dr. Prado").phone, "Is anybody there? ", 3);
    await at("Dr. Prado").phone.network(true);
    await call(page, "Fleet.TryNow", at("Dr. Prado").id);
    await call(page, "Pairing.Start", at("Workshop").id);
    await becomes("Dr. Prado", "online");
    await becomes("Reception", "unlinked_from_phone");
    await becomes("Emergencies", "reachout_timelock");
    await becomes("Pharmacy", "paused_by_operator");
    await becomes("Vermietung", "server_unreachable");
    await becomes("Workshop", "showing_qr");
  });

  // What was told lies over the page until it is put away.
  const dismiss = page.getByTestId("notice").getByRole("button", { name: "Dismiss" });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  expect.soft(await faults(page)).toEqual([]);

  for (const theme of ["light", "dark"] as const) {
    for (const size of [
      { width: 1280, height: 800 },
      { width: 960, height: 640 },
    ]) {
      await test.step(`${theme}, ${size.width} × ${size.height}`, async () => {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await page.setViewportSize(size);
        const check = async (what: string) => {
          await picture(`${what}-${theme}-${size.width}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
          expect.soft(wide, `${what} scrolls sideways`).toBe(false);
        };
        await page.getByTestId("rail-tile-0").click();
        await expect(row("Reception")).toBeVisible();
        await check("agency");
        for (const [name, label] of [
          ["connected", "Dr. Prado"],
          ["attention", "Reception"],
          ["offline", "Vermietung"],
        ] as const) {
          await row(label).locator("[data-open]").click();
          await expect(page.getByTestId("device-status")).toBeVisible();
          await expect(page.getByTestId("uptime-card")).toContainText("%");
          await expect(page.getByTestId("history-row").first()).toBeVisible();
          if (name === "connected") await expect(page.getByTestId("history-gap")).toContainText("3 messages");
          await check(`device-${name}`);
          await page.getByTestId("rail-tile-0").click();
        }
      });
    }
  }

  await test.step("the bell, a filter that nothing passes, and another order", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByTestId("notices").click();
    await expect(page.getByRole("menuitem").first()).toBeVisible();
    await picture("bell-dark-1280");
    await page.keyboard.press("Escape");
    await page.getByTestId("fleet-search").fill("nobody is called this");
    await expect(page.locator('[data-testid^="fleet-row-"]')).toHaveCount(0);
    await picture("agency-none-dark-1280");
    await page.getByTestId("fleet-search").fill("");
    await page.getByRole("radio", { name: "By subaccount" }).click();
    await picture("agency-by-subaccount-dark-1280");
  });
});
