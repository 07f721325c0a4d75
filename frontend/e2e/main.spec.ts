import { readQR } from "./support/qr";
import {
  answer,
  bubble,
  conversation,
  createSubaccount,
  fleetRow,
  nameDevice,
  scanAndFinish,
  showInbox,
  textsFrom,
  UNTIL_BACK,
} from "./support/steps";
import { expect, test } from "./support/test";

test("links a number, talks, loses the network, refuses the number twice, is unlinked and relinked", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");

  await test.step("an empty workspace has two doors", async () => {
    await expect(page.getByTestId("welcome-link")).toBeVisible();
    await expect(page.getByTestId("welcome-demo")).toBeVisible();
    await picture("welcome");
  });

  await test.step("a number is linked by scanning the code on the screen", async () => {
    await createSubaccount(page, "Hotel Miramar");
    await nameDevice(page, "Reception");
    await readQR(page);
    await expect(page.getByTestId("pair-code-count")).toHaveText("Code 1 of 6");
    await picture("link-dialog");
    await scanAndFinish(page, hotel);
    await expect.poll(() => hotel.linked()).toBe(1);
  });

  await test.step("it is connected in the fleet", async () => {
    await page.getByTestId("view-fleet").click();
    await expect(fleetRow(page, "Reception")).toContainText("Connected");
    await expect(fleetRow(page, "Reception")).toContainText("+34 600");
    await picture("fleet-connected");
  });

  await test.step("notices are asked for after ten seconds", async () => {
    await page.getByTestId("view-settings").click();
    await page.getByTestId("settings-notify-after").click();
    await page.getByRole("option", { name: "10 seconds" }).click();
    await expect(page.getByTestId("settings-notify-after")).toHaveAccessibleName(/10 seconds/);
  });

  await test.step("a contact writes and the message appears", async () => {
    await showInbox(page);
    await ana.write(hotel, "Is the terrace free in May?");
    await expect(conversation(page, "Ana Beltrán")).toContainText("Is the terrace free in May?");
    await expect(conversation(page, "Ana Beltrán")).toHaveAccessibleName(/1 unread message/);
    await conversation(page, "Ana Beltrán").click();
    await expect(bubble(page, "Is the terrace free in May?")).toBeVisible();
    await expect(page.getByTestId("composer")).toBeFocused();
  });

  await test.step("an open conversation becomes read, here and on the contact's phone", async () => {
    await expect(conversation(page, "Ana Beltrán")).not.toHaveAccessibleName(/unread/);
    await expect.poll(async () => (await ana.messages(hotel)).map((message) => message.state)).toEqual(["read"]);
  });

  await test.step("an answer reaches the contact, and its ticks go to read", async () => {
    await answer(page, "Yes, the whole of May.");
    await expect(bubble(page, "the whole of May")).toHaveAttribute("data-state", "delivered");
    await expect.poll(() => textsFrom(ana, hotel)).toEqual(["Yes, the whole of May."]);
    await ana.read(hotel);
    await expect(bubble(page, "the whole of May")).toHaveAttribute("data-state", "read");
    await picture("inbox");
  });

  await test.step("without network it is Offline with its cause, and a notice says so", async () => {
    await page.getByTestId("view-fleet").click();
    await hotel.network(false);
    await expect(fleetRow(page, "Reception")).toHaveAttribute("data-status", "offline");
    await expect(page.getByTestId("notice").first()).toContainText("Reception", { timeout: 40_000 });
    await picture("offline");
  });

  await test.step("what is written meanwhile waits here and there", async () => {
    await ana.burst(hotel, "while away ", 12);
    await showInbox(page);
    await conversation(page, "Ana Beltrán").click();
    await expect(page.getByTestId("send")).toHaveText("Send when back");
    await answer(page, "We keep the terrace for you.");
    await expect(bubble(page, "We keep the terrace")).toHaveAttribute("data-state", "queued");
    await picture("composer-waits");
  });

  await test.step("back on the network it is Connected, and everything is there, in order, once", async () => {
    await hotel.network(true);
    await expect(bubble(page, "We keep the terrace")).toHaveAttribute("data-state", "delivered", UNTIL_BACK);
    const texts = page.getByTestId("thread").locator('[data-state="received"]');
    await expect(texts).toHaveCount(13);
    const order = await texts.evaluateAll((all) =>
      all.map((one) => /while away \D*(\d+)/.exec(one.textContent)?.[1]).filter((part) => part !== undefined),
    );
    expect(order.map(Number)).toEqual([...order.map(Number)].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(12);
    await page.getByTestId("view-fleet").click();
    await expect(fleetRow(page, "Reception")).toHaveAttribute("data-status", "connected");
  });

  await test.step("another subaccount cannot take the number: phone and dialog say so", async () => {
    await createSubaccount(page, "Autos Ruiz");
    await nameDevice(page, "Showroom");
    const result = await hotel.scan(await readQR(page));
    expect(result.linked).toBe(false);
    expect(result.refusedCode).not.toBe("");
    const guard = page.getByTestId("guard-dialog");
    await expect(guard).toContainText("This number already belongs to Hotel Miramar");
    await expect(guard).toContainText("Reception");
    await expect(guard).toContainText("Autos Ruiz");
    await expect(page.getByTestId("guard-again")).toBeFocused();
    await picture("guard");
    await page.getByTestId("guard-close").click();
    await expect.poll(() => hotel.linked()).toBe(1);
  });

  await test.step("unlinked on the phone it requires attention", async () => {
    await hotel.unlink();
    await page.getByTestId("view-fleet").click();
    const rows = page.locator('[data-testid^="fleet-row-"]');
    await page.getByTestId("rail-tile-0").click();
    await expect(rows.filter({ hasText: "Reception" })).toHaveAttribute("data-status", "attention");
    await expect(rows.filter({ hasText: "Reception" })).toContainText("Unlinked from the phone");
    await picture("unlinked");
  });

  await test.step("relinked it is the same device with the same conversations", async () => {
    const row = fleetRow(page, "Reception");
    const before = await row.getAttribute("data-testid");
    await row.getByTestId("next-action").click();
    await expect(page.getByTestId("pair-dialog")).toContainText("expects +34 600");
    await scanAndFinish(page, hotel);
    await expect(row).toHaveAttribute("data-status", "connected");
    expect(await fleetRow(page, "Reception").getAttribute("data-testid")).toBe(before);
    await showInbox(page);
    await conversation(page, "Ana Beltrán").click();
    await expect(bubble(page, "the whole of May")).toHaveCount(1);
    await ana.write(hotel, "Perfect, thank you");
    await expect(bubble(page, "Perfect, thank you")).toBeVisible();
  });
});
