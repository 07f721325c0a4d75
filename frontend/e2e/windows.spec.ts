import { answer, bubble, conversation, link, showInbox, UNTIL_BACK } from "./support/steps";
import { expect, test } from "./support/test";

test("two windows show the same, live", async ({ page, context, waflow, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  const other = await context.newPage();
  await other.goto(waflow.address);
  await showInbox(page);
  await showInbox(other);

  await ana.write(hotel, "Is anybody there?");
  await expect(conversation(page, "Ana Beltrán")).toContainText("Is anybody there?");
  await expect(conversation(other, "Ana Beltrán")).toContainText("Is anybody there?");

  await page.bringToFront();
  await conversation(page, "Ana Beltrán").click();
  await expect(conversation(other, "Ana Beltrán")).not.toHaveAccessibleName(/unread/);

  await page.getByTestId("composer").fill("half a sentence");
  await expect(conversation(other, "Ana Beltrán")).toContainText("half a sentence");
  await conversation(other, "Ana Beltrán").click();
  await expect(other.getByTestId("composer")).toHaveValue("half a sentence");

  await page.bringToFront();
  await answer(page, "Yes, we are.");
  await expect(bubble(other, "Yes, we are.")).toHaveAttribute("data-state", "delivered");
  await expect(other.getByTestId("composer")).toHaveValue("");
});

test("a draft and what waits survive the program being killed", async ({ page, waflow, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "hello");
  await conversation(page, "Ana Beltrán").click();
  await hotel.network(false);
  await expect(page.getByTestId("send")).toHaveText("Send when back");
  await answer(page, "This one waits.");
  await expect(bubble(page, "This one waits.")).toHaveAttribute("data-state", "queued");
  await page.getByTestId("composer").fill("and this is a draft");
  await page.getByTestId("conversations").focus();
  await expect.poll(() => draftOf(page)).toBe("and this is a draft");

  await page.goto("about:blank");
  await waflow.restart("SIGKILL");
  await hotel.network(true);
  await page.goto(waflow.address);
  await showInbox(page);
  await conversation(page, "Ana Beltrán").click();
  await expect(bubble(page, "This one waits.")).toHaveAttribute("data-state", "delivered", UNTIL_BACK);
  await expect(page.getByTestId("composer")).toHaveValue("and this is a draft");
  await expect.poll(async () => (await ana.messages(hotel)).filter((m) => m.text === "This one waits.").length).toBe(1);
});

/** The draft of the first conversation as the engine has it. */
async function draftOf(page: import("@playwright/test").Page): Promise<string> {
  return page.evaluate(async () => {
    const response = await fetch("/api/call/Inbox.Conversations", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Waflow": "1" },
      body: JSON.stringify([0, "", 10]),
    });
    const { items } = (await response.json()) as { items: { draft: string }[] };
    return items[0]?.draft ?? "";
  });
}
