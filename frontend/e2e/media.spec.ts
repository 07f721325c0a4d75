import type { Locator, Page } from "@playwright/test";

import { conversation, link, showInbox } from "./support/steps";
import { expect, test } from "./support/test";
import type { Simulator } from "./support/simulator";

/** Ana and the hotel, whose inbox is shown with the chat of both open. `send` has Ana's phone send something. */
async function begin(page: Page, simulator: Simulator) {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  const send = (draft: object) =>
    simulator.post(`/phones/${ana.number.slice(1)}/message`, { to: hotel.number, ...draft });
  await send({ text: "Here is everything." });
  await showInbox(page);
  await conversation(page, "Ana Beltrán").click();
  return { send };
}

/** The kinds of the recordings that begin to play under an element, as they do: a short one may be over before anybody looks. */
function heardIn(selector: string): string[] {
  const heard: string[] = [];
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof Element) || target.getAttribute("aria-label") !== "Pause") continue;
      heard.push(target.closest("[data-kind]")?.getAttribute("data-kind") ?? "");
    }
  });
  const within = document.querySelector(selector);
  if (within !== null) observer.observe(within, { subtree: true, attributeFilter: ["aria-label"] });
  return heard;
}

/** Opens a picture large; a thread that moves while the pointer is down takes the picture away from under it. */
async function opens(picture: Locator, viewer: Locator): Promise<void> {
  await expect(async () => {
    if (!(await viewer.isVisible())) await picture.click({ timeout: 2000 });
    await expect(viewer).toBeVisible({ timeout: 2000 });
  }).toPass();
}

test("shows pictures in their room and large, one after the other", async ({ page, simulator, picture }) => {
  const { send } = await begin(page, simulator);
  await send({ kind: "image", text: "the terrace" });
  await send({ kind: "sticker" });
  await send({ kind: "image", text: "الشرفة في الصباح، قبل وصول الضيوف، والبحر من ورائها" });

  const thread = page.getByTestId("thread");
  const pictures = thread.getByRole("button", { name: /^Photo from Ana Beltrán/u });
  await expect(pictures).toHaveCount(2);
  const whole = pictures.first().locator("img.whole");
  await expect(whole).toHaveJSProperty("complete", true);
  await expect(whole).toHaveJSProperty("naturalWidth", 640);
  await expect
    .poll(async () => {
      const box = await pictures.first().boundingBox();
      return [box?.width, box?.height];
    })
    .toEqual([320, 240]);
  await picture("media-pictures-light");

  const viewer = page.getByTestId("viewer");
  await opens(pictures.first(), viewer);
  await expect(viewer).toContainText("the terrace");
  await expect(viewer).toContainText("1 of 2");
  await expect(viewer.getByRole("button", { name: "Previous" })).toBeDisabled();
  await picture("media-viewer-light");
  await page.keyboard.press("ArrowRight");
  await expect(viewer).toContainText("2 of 2");
  const large = viewer.getByRole("img", { name: /^Photo from/u });
  await expect(large).toBeVisible();
  await expect(large).toHaveJSProperty("naturalWidth", 640);
  const fitted = (await large.boundingBox())?.width ?? 0;
  await page.keyboard.press("+");
  await expect.poll(async () => (await large.boundingBox())?.width).toBeCloseTo(fitted * 1.5, 0);
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("media-viewer-dark");
  await page.keyboard.press("0");
  await page.keyboard.press("ArrowLeft");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    viewer.getByRole("button", { name: "Save as…" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.jpe?g$/u);
  await page.keyboard.press("Escape");
  await expect(viewer).toBeHidden();
  await expect(pictures.first()).toBeFocused();
  await picture("media-pictures-dark");
});

test("plays recordings and videos, one at a time, and saves documents", async ({ page, simulator, picture }) => {
  const { send } = await begin(page, simulator);
  await send({ kind: "voice" });
  await send({ kind: "audio" });
  const thread = page.getByTestId("thread");
  const message = (kind: string) => thread.locator(`[data-kind="${kind}"]`);

  // A voice note is here by itself, another recording when it is wanted.
  const voice = message("voice");
  const play = voice.getByRole("button", { name: /^Play, \d+ seconds$/u });
  await expect(play).toBeVisible();
  await message("audio")
    .getByRole("button", { name: /^Download/u })
    .click();
  const audio = message("audio").getByRole("button", { name: /^Play, \d+ seconds$/u });
  await expect(audio).toBeVisible();
  const slider = voice.getByRole("slider");
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", /^1 second of \d+ seconds$/u);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await voice.getByRole("button", { name: "Speed: 1 times" }).click();
  await play.click();
  await expect(slider).toHaveAttribute("aria-valuetext", /^0 seconds/u);
  await expect(play).toBeVisible();
  const heard = await page.evaluateHandle(heardIn, '[data-testid="thread"]');
  await audio.click();
  await expect.poll(() => heard.jsonValue()).toEqual(["audio"]);
  await play.click();
  await expect.poll(() => heard.jsonValue()).toEqual(["audio", "voice"]);
  await expect(audio).toBeVisible();
  await picture("media-recordings-light");

  // A video comes when it is wanted, and is played large.
  await send({ kind: "video", text: "the pool" });
  const download = message("video").getByRole("button", { name: /^Download: Video/u });
  await expect(download).toBeVisible();
  await picture("media-video-wanted");
  await download.click();
  const first = message("video").getByRole("button", { name: /^Video from Ana Beltrán/u });
  await opens(first, page.getByTestId("viewer"));
  const video = page.getByTestId("viewer").locator("video");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.duration)).toBeCloseTo(3, 0);
  await picture("media-video-light");
  const part = await video.evaluate(async (element: HTMLVideoElement) => {
    const answer = await fetch(element.currentSrc, { headers: { Range: "bytes=4-7" } });
    return [answer.status, answer.headers.get("Content-Range"), await answer.text()];
  });
  expect(part).toEqual([206, expect.stringMatching(/^bytes 4-7\/\d+$/u), "ftyp"]);
  await page.keyboard.press("Escape");

  // A document is only saved: what it does nobody knows.
  const data = Buffer.from("MZ: this could be a program").toString("base64");
  const name = "Rechnung über die Unterbringung der gesamten Hochzeitsgesellschaft im November.pdf.exe";
  await send({ kind: "document" });
  await send({ kind: "document", file: { data, mime: "application/pdf", name, pages: 3 } });
  const program = message("document").last();
  await expect(program).toContainText("EXE, 3 pages, 0.1 kB");
  await program.getByRole("button", { name: /^Download/u }).click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    program.getByRole("button", { name: "Save as…" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe(name);
  await page.setViewportSize({ width: 960, height: 640 });
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("media-documents-dark");
});
