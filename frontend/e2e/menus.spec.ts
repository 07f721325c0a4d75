import { createSubaccount, nameDevice } from "./support/steps";
import { expect, test } from "./support/test";

test("a menu that was closed leaves the page to be used", async ({ page }) => {
  await createSubaccount(page, "Hotel Miramar");
  await nameDevice(page, "Reception");
  await page.getByTestId("pair-cancel").click();
  await page.getByTestId("view-fleet").click();

  const menus = [
    { button: page.getByTestId("notices"), leave: () => page.keyboard.press("Escape") },
    { button: page.getByTestId("subaccount-menu"), leave: () => page.mouse.click(640, 700) },
    { button: page.getByTestId("row-menu"), leave: () => page.getByTestId("row-open").click() },
  ];
  for (const { button, leave } of menus) {
    await button.click();
    await expect(page.getByRole("menu")).toBeVisible();
    await leave();
    await expect(page.getByRole("menu")).toHaveCount(0);
  }
  await page.getByTestId("view-inbox").click();
  await expect(page.getByTestId("inbox")).toBeVisible();
});
