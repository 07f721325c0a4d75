import { answer, bubble, conversation, link, showInbox, textsFrom } from "./support/steps";
import { expect, test } from "./support/test";

const FAMILY = "👨‍👩‍👧‍👦 😀";
const HEBREW = "שלום, האם יש חדר פנוי? tomorrow at 14:00";
const JOINED = "a\u200bb\u200dc \u202eabc\u202c";
const MARKUP = `<img src=x onerror="alert(1)"> & <script>alert(2)</script> **x**`;
const LINES = "one\n\n  two\n\tthree";

test.beforeEach(async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
});

test("texts of every kind arrive as they were written", async ({ page, simulator, picture }) => {
  const hotel = simulator.at("+34600000013");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  for (const text of [FAMILY, HEBREW, JOINED, MARKUP, LINES, "\u200b\u200d"]) await ana.write(hotel, text);
  await conversation(page, "Ana Beltrán").click();
  const texts = page.getByTestId("thread").locator(".text");
  await expect(texts).toHaveCount(5);
  expect(await texts.evaluateAll((all) => all.map((one) => one.textContent))).toEqual([
    FAMILY,
    HEBREW,
    JOINED,
    MARKUP.replace("**x**", "*x*"), // bold, as WhatsApp has it; nothing else means anything
    LINES,
  ]);
  await expect(page.getByTestId("thread")).toContainText("Nothing visible in this text");
  const hebrew = bubble(page, "שלום").locator('[dir="auto"]').last();
  expect(await hebrew.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  await picture("texts");
});

test("texts of every kind leave as they were typed", async ({ page, simulator }) => {
  const hotel = simulator.at("+34600000013");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await ana.write(hotel, "hello");
  await conversation(page, "Ana Beltrán").click();
  for (const text of [FAMILY, HEBREW, JOINED, MARKUP, LINES]) await answer(page, text);
  await expect.poll(() => textsFrom(ana, hotel)).toEqual([FAMILY, HEBREW, JOINED, MARKUP, LINES]);
});

test("nothing empty is sent, and what is too long stays with a sentence", async ({ page, simulator }) => {
  const hotel = simulator.at("+34600000013");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await ana.write(hotel, "hello");
  await conversation(page, "Ana Beltrán").click();
  const composer = page.getByTestId("composer");
  await expect(page.getByTestId("send")).toBeDisabled();
  await composer.fill("  \n ");
  await composer.press("Enter");
  await expect(page.getByTestId("send")).toBeDisabled();

  const longest = "ñ".repeat(32 * 1024);
  await composer.fill(`${longest}!`);
  await expect(page.getByRole("alert").filter({ hasText: "The text is too long" })).toBeVisible();
  await composer.press("Enter");
  await expect(composer).toHaveValue(`${longest}!`);

  await answer(page, longest);
  await expect.poll(() => textsFrom(ana, hotel)).toEqual([longest]);
});

test("a text of 64 KB arrives folded and unfolds", async ({ page, simulator }) => {
  const hotel = simulator.at("+34600000013");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  const text = "0123456789abcde ".repeat(4096);
  await ana.write(hotel, text);
  await conversation(page, "Ana Beltrán").click();
  const long = bubble(page, "0123456789abcde");
  expect((await long.locator(".text").textContent())?.length).toBeLessThan(2000);
  await long.getByRole("button", { name: "Show more" }).click();
  await expect(long.locator(".text")).toHaveText(text.trim());
});

test("a number that is nobody's contact is shown as the number", async ({ page, simulator }) => {
  const hotel = simulator.at("+34600000013");
  const nobody = await simulator.phone("+4915111234567", "");
  await nobody.write(hotel, "Hallo?");
  await expect(conversation(page, "+49")).toContainText("Hallo?");
});

test("a long conversation and a long list load as they are scrolled, in order, each once", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = simulator.at("+34600000013");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await ana.burst(hotel, "n ", 300);
  await expect(conversation(page, "Ana Beltrán")).toHaveAccessibleName(/300 unread messages/);
  await conversation(page, "Ana Beltrán").click();
  await expect(bubble(page, "n 300").or(bubble(page, "n 299")).last()).toBeVisible();
  const seen = new Set<string>();
  const thread = page.getByTestId("thread");
  await expect
    .poll(
      async () => {
        for (const id of await thread
          .locator("[data-testid^='message-']")
          .evaluateAll((all) => all.map((one) => one.dataset.testid ?? "")))
          seen.add(id);
        await thread.evaluate((element) => element.scrollBy(0, -300));
        return seen.size;
      },
      { intervals: [50], timeout: 60_000 },
    )
    .toBe(300);
  await picture("thread-beginning");
});
