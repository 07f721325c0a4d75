import { answer, bubble, conversation, link, showInbox, textsFrom } from "./support/steps";
import { expect, test } from "./support/test";

/** The countdown goes on while a slow machine looks: what was missed is tried again with another message. */
const MISSED = { timeout: 2000 };
const AGAIN = { timeout: 60_000 };

test("what is sent can be taken back while it counts down, or sent at once", async ({ page, simulator, picture }) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const rui = await simulator.phone("+351910000188", "Rui Almeida");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await page.getByTestId("view-settings").click();
  await page.getByRole("radio", { name: "5 seconds" }).click();
  await expect(page.getByRole("radio", { name: "5 seconds" })).toBeChecked();
  await picture("settings-undo");
  await showInbox(page);
  await rui.write(hotel, "hello");
  await conversation(page, "Rui Almeida").click();
  const composer = page.getByTestId("composer");
  let n = 0;

  await expect(async () => {
    await answer(page, `By key ${++n}`);
    await expect(page.getByTestId("undo-countdown")).toContainText("Goes in", MISSED);
    await composer.press("Control+z");
    await expect(composer).toHaveValue(`By key ${n}`, MISSED);
  }).toPass(AGAIN);
  const byKey = `By key ${n}`;
  await expect(bubble(page, byKey)).toHaveCount(0);

  await expect(async () => {
    await answer(page, `By click ${++n}`);
    await composer.fill("and");
    await page.getByTestId("undo").last().click(MISSED);
    await expect(composer).toHaveValue(`By click ${n}\nand`, MISSED);
  }).toPass(AGAIN);
  const byClick = `By click ${n}`;
  await expect(composer).toBeFocused();

  await answer(page, "Two wait");
  await answer(page, "and one counts down");
  await picture("undo");
  await expect(async () => {
    await answer(page, `At once ${++n}`);
    await page.getByTestId("undo-skip").click(MISSED);
  }).toPass(AGAIN);
  await expect(bubble(page, `At once ${n}`)).toHaveAttribute("data-state", "delivered");
  await expect(page.getByTestId("undo")).toHaveCount(0);
  const went = await textsFrom(rui, hotel);
  expect(went).toEqual(expect.arrayContaining(["Two wait", "and one counts down", `At once ${n}`]));
  expect(went).not.toContain(byKey);
  expect(went.some((text) => text.startsWith(byClick))).toBe(false);
});
