import { answer, bubble, conversation, link, showInbox, textsFrom, UNTIL_BACK } from "./support/steps";
import { expect, test } from "./support/test";

test("a message is scheduled, says so, and goes before its time when it is told to; what waits is found under Not sent yet", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+351910000188", "Rui Almeida");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "hello");
  await conversation(page, "Rui Almeida").click();

  await page.getByTestId("composer").fill("Good morning, your room is ready");
  await page.getByTestId("composer").press("Control+Shift+S");
  await expect(page.getByTestId("later")).toBeVisible();
  await expect(page.getByTestId("schedule")).toBeEnabled();
  await picture("schedule");
  await page.getByLabel("Date").fill("2020-01-01");
  await expect(page.getByTestId("later")).toContainText("That time has passed.");
  await expect(page.getByTestId("schedule")).toBeDisabled();
  await page.getByTestId("later").getByRole("button", { name: "In 2 hours" }).click();
  await page.getByTestId("schedule").click();
  const later = bubble(page, "Good morning, your room is ready");
  await expect(later).toHaveAttribute("data-state", "scheduled");
  await expect(page.getByTestId("thread")).toContainText("Goes ");
  await expect(page.getByTestId("composer")).toHaveValue("");

  await hotel.network(false);
  await expect(page.getByTestId("send")).toHaveText("Send when back");
  await answer(page, "One moment");
  await expect(page.getByTestId("thread")).toContainText("Waits for Reception");
  await answer(page, "I am looking");
  await expect(page.getByTestId("thread").getByRole("listitem").last()).toContainText("your room is ready");
  await picture("waiting");
  await page.getByRole("radio", { name: "Not sent yet" }).click();
  await expect(conversation(page, "Rui Almeida")).toHaveCount(1);
  await picture("not-sent-yet");
  await page.setViewportSize({ width: 960, height: 640 });
  await page.getByRole("button", { name: "Change time" }).click();
  await expect(page.getByTestId("later")).toContainText("Change the time");
  await picture("change-time");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("later")).toHaveCount(0);

  await hotel.network(true);
  await expect(bubble(page, "I am looking")).toHaveAttribute("data-state", "delivered", UNTIL_BACK);
  await expect(conversation(page, "Rui Almeida")).toHaveCount(1);
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(later).toHaveAttribute("data-state", "delivered");
  await expect(conversation(page, "Rui Almeida")).toHaveCount(0);
  await expect(page.getByTestId("inbox")).toContainText("Everything has gone");
  expect(await textsFrom(ana, hotel)).toEqual(["One moment", "I am looking", "Good morning, your room is ready"]);
});
