import { readQR } from "./support/qr";
import { bubble, conversation, textsFrom } from "./support/steps";
import { expect, test } from "./support/test";

test("links, reads and answers without a mouse", async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  const keys = page.keyboard;

  const door = page.getByTestId("welcome-link");
  await expect(door).toBeVisible();
  await tabTo("welcome-link");
  await keys.press("Enter");
  await expect(page.getByTestId("subaccount-name")).toBeFocused();
  await keys.type("Hotel Miramar");
  await keys.press("Enter");
  await expect(page.getByTestId("device-label")).toBeFocused();
  await keys.type("Reception");
  await keys.press("Enter");
  expect((await hotel.scan(await readQR(page))).linked).toBe(true);
  await expect(page.getByTestId("pair-done")).toBeFocused();
  await keys.press("Enter");
  await expect(page.getByTestId("pair-dialog")).toHaveCount(0);

  await ana.write(hotel, "First");
  await keys.press("Control+2");
  await expect(conversation(page, "Ana Beltrán")).toBeVisible();
  await tabTo("conversations");
  await keys.press("ArrowDown");
  await expect(bubble(page, "First")).toBeVisible();
  await expect(page.getByTestId("conversations")).toBeFocused();
  await keys.press("Enter");
  await expect(page.getByTestId("composer")).toBeFocused();
  await keys.type("Line one");
  await keys.press("Shift+Enter");
  await keys.type("line two");
  await keys.press("Enter");
  await expect(bubble(page, "Line one")).toHaveAttribute("data-state", "delivered");
  await expect.poll(() => textsFrom(ana, hotel)).toEqual(["Line one\nline two"]);
  await keys.press("Escape");
  await expect(page.getByTestId("conversations")).toBeFocused();

  async function tabTo(testid: string): Promise<void> {
    const target = page.getByTestId(testid);
    for (let n = 0; n < 40; n++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await keys.press("Tab");
    }
    await expect(target).toBeFocused();
  }
});

test("passing a conversation with the keys marks nothing as read", async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  const { link, showInbox } = await import("./support/steps");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "Earlier");
  await expect(conversation(page, "Ana Beltrán")).toBeVisible();
  await page.getByTestId("conversations").focus();
  await page.keyboard.press("ArrowDown");
  await expect(bubble(page, "Earlier")).toBeVisible();
  // A second message proves that time went by in which nothing was marked.
  await ana.write(hotel, "Second");
  await expect(conversation(page, "Ana Beltrán")).toHaveAccessibleName(/2 unread messages/);
  await page.keyboard.press("Enter");
  await expect(conversation(page, "Ana Beltrán")).not.toHaveAccessibleName(/unread/);
});
