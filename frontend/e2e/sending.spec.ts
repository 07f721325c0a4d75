import {
  answer,
  bubble,
  conversation,
  createSubaccount,
  link,
  nameDevice,
  scanAndFinish,
  showInbox,
  textsFrom,
  UNTIL_BACK,
} from "./support/steps";
import { expect, test } from "./support/test";

test("a message that WhatsApp refuses says so at once and goes when it is tried again", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "hello");
  await conversation(page, "Ana Beltrán").click();

  await simulator.fault({ kind: "reject_send", number: hotel.number, code: 463, count: 1 });
  await answer(page, "Is this one taken?");
  const refused = bubble(page, "Is this one taken?");
  await expect(refused).toHaveAttribute("data-state", "failed");
  await expect(page.getByTestId("thread")).toContainText("was not sent");
  await picture("refused-message");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(refused).toHaveAttribute("data-state", "delivered");
  await expect.poll(() => textsFrom(ana, hotel)).toEqual(["Is this one taken?"]);
});

test("what waits can be taken back, and its text returns", async ({ page, simulator }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "hello");
  await conversation(page, "Ana Beltrán").click();
  await hotel.network(false);
  await expect(page.getByTestId("send")).toHaveText("Send when back");
  await answer(page, "Not like this");
  await expect(bubble(page, "Not like this")).toHaveAttribute("data-state", "queued");
  await page.getByRole("button", { name: "Take back" }).click();
  await expect(bubble(page, "Not like this")).toHaveCount(0);
  await expect(page.getByTestId("composer")).toHaveValue("Not like this");
  await page.getByTestId("composer").fill("But like this");
  await page.getByTestId("composer").press("Enter");
  await hotel.network(true);
  await expect(bubble(page, "But like this")).toHaveAttribute("data-state", "delivered", UNTIL_BACK);
  expect(await textsFrom(ana, hotel)).toEqual(["But like this"]);
});

test("nothing of one subaccount is shown in another, and a draft stays where it was written", async ({
  page,
  simulator,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const autos = await simulator.phone("+34600000032", "Autos Ruiz");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  const javier = await simulator.phone("+34600000155", "Javier Molina");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await createSubaccount(page, "Autos Ruiz");
  await nameDevice(page, "Showroom");
  await scanAndFinish(page, autos);
  await ana.write(hotel, "for the hotel");
  await javier.write(autos, "for the garage");
  await showInbox(page);

  await page.getByTestId("rail-tile-1").click();
  await expect(conversation(page, "Ana Beltrán")).toBeVisible();
  await expect(conversation(page, "Javier Molina")).toHaveCount(0);
  await conversation(page, "Ana Beltrán").click();
  await page.getByTestId("composer").fill("a draft for Ana");

  await page.getByTestId("rail-tile-2").click();
  await expect(conversation(page, "Javier Molina")).toBeVisible();
  await expect(conversation(page, "Ana Beltrán")).toHaveCount(0);
  await conversation(page, "Javier Molina").click();
  await expect(page.getByTestId("composer")).toHaveValue("");

  await page.getByTestId("rail-tile-0").click();
  await expect(conversation(page, "Ana Beltrán")).toContainText("a draft for Ana");
  await expect(conversation(page, "Ana Beltrán")).toHaveAccessibleName(/^Hotel Miramar/);
  await expect(conversation(page, "Javier Molina")).toHaveAccessibleName(/^Autos Ruiz/);

  await page.getByTestId("rail-tile-1").click();
  await expect(page.getByTestId("composer")).toHaveValue("a draft for Ana");
});
