import { faults } from "./support/faults";
import { showInbox } from "./support/steps";
import { demoTest as test, expect } from "./support/test";

test("finds messages and people, and opens a conversation at what was found", async ({ page, picture }) => {
  const field = page.getByTestId("search");
  const hits = page.locator('[data-testid^="hit-"]');
  await page.emulateMedia({ reducedMotion: "reduce" });
  await showInbox(page);

  await test.step("words, with their places marked", async () => {
    await expect(field).toBeVisible();
    await page.keyboard.press("/");
    await expect(field).toBeFocused();
    // History is still arriving.
    await expect(async () => {
      await field.fill("");
      await field.fill("gracias");
      await expect(hits.nth(5)).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await expect(hits.first().locator("mark")).toHaveText(/gracias/i);
    expect.soft(await faults(page)).toEqual([]);
  });

  await test.step("the keys choose, Enter opens there, and the search goes on", async () => {
    for (let i = 0; i < 6; i++) await field.press("ArrowDown");
    const found = page.locator('[role="option"][aria-selected="true"]');
    const words = await found.locator("mark").first().textContent();
    await field.press("Enter");
    const goal = page.getByTestId("thread").locator(".goal");
    await expect(goal).toBeInViewport();
    await expect(goal).toContainText(words ?? "");
    await expect(field).toBeFocused();
    await picture("search");
  });

  await test.step("filters narrow it, and it says when nothing is left", async () => {
    await page.getByTestId("search-filters").click();
    await page.getByTestId("search-kind").click();
    await page.getByRole("option", { name: "Location" }).click();
    await expect(page.getByText("Nothing found")).toBeVisible();
    await picture("search-nothing");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(hits.first()).toBeVisible();
    expect.soft(await faults(page)).toEqual([]);
  });

  await test.step("names and numbers, and signs that nobody can search for", async () => {
    await field.fill("julia sant");
    await expect(page.getByRole("option", { name: /Júlia Santos/ }).first()).toBeVisible();
    await field.fill("!!! 🎉");
    await expect(page.getByText("Nothing to search for")).toBeVisible();
    await field.press("Escape");
    await expect(field).toHaveValue("");
    await expect(page.getByTestId("conversations")).toBeVisible();
  });
});
