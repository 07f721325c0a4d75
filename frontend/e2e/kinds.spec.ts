import { bubble, conversation, link, showInbox } from "./support/steps";
import { expect, test } from "./support/test";

test("shows every kind of message that a phone sends, and what becomes of it", async ({ page, simulator, picture }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  const post = <T>(from: string, action: string, body: object) =>
    simulator.post<T>(`/phones/${from.slice(1)}/${action}`, body);
  const send = async (draft: object) =>
    (await post<{ id: string }>(ana.number, "message", { to: hotel.number, ...draft })).id;
  const change = (action: string, id: string, more: object = {}) =>
    post(ana.number, action, { peer: hotel.number, id, ...more });

  const first = await send({ text: "*Hello*, see _this_:\n- bread\n- wine\n> as you said\nhttps://example.com/menu" });
  await send({ text: "yes, that one", reply: first, forwarded: 7 });
  await send({
    text: "https://example.com/menu",
    preview: { url: "https://example.com/menu", title: "Our menu", description: "What we cook" },
  });
  for (const kind of ["image", "gif", "voice", "document", "sticker"])
    await send(kind === "image" ? { kind, text: "the terrace" } : { kind });
  await send({ kind: "image", viewOnce: true });
  await send({
    kind: "location",
    place: { latitude: 39.5696, longitude: 2.6502, name: "Hotel Miramar", address: "Calle Mayor 1" },
  });
  await send({ kind: "contact", cards: [{ name: "Carla Ruiz", number: "+34600000031" }] });
  const poll = await send({ kind: "poll", text: "Which day?", options: ["Monday", "Friday"], selectable: 1 });
  const edited = await send({ text: "at nine" });
  const deleted = await send({ text: "never mind" });
  await change("react", first, { emoji: "❤️" });
  await change("vote", poll, { options: ["Friday"] });
  await change("edit", edited, { text: "at ten" });
  await change("delete", deleted);

  await showInbox(page);
  await conversation(page, "Ana Beltrán").click();
  await expect(bubble(page, "bread").locator("li")).toHaveText(["bread", "wine"]);
  await expect(page.getByRole("button", { name: "Reactions: ❤️ 1" })).toBeVisible();
  await picture("kinds-top-light");
  await page.getByTestId("thread").focus();
  await page.keyboard.press("End");
  await expect(bubble(page, "at ten")).toContainText("Edited");
  await expect(bubble(page, "never mind")).toContainText("Ana Beltrán deleted this message");
  await expect(bubble(page, "Which day?")).toContainText("Friday 1 vote");
  await picture("kinds-light");
  await page.getByRole("button", { name: "Earlier texts" }).click();
  await expect(page.getByText("at nine")).toBeVisible();
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("kinds-dark");
  await expect(bubble(page, "Carla Ruiz")).toContainText("+34600000031");
  await page.keyboard.press("Home");
  await page.getByTestId("thread").focus();
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: /Answers Ana/u }).click();
  await picture("kinds-dark-top");
});
