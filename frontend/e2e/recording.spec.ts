import { conversation, link, showInbox } from "./support/steps";
import { expect, test } from "./support/test";

test("a voice note is recorded, listened to and reaches the contact as one", async ({
  playwright,
  simulator,
  waflow,
  picture,
}, info) => {
  const { launchOptions } = info.project.use;
  // A browser of its own, whose microphone hears a tone and asks nobody.
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [...(launchOptions?.args ?? []), "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  await page.goto(waflow.address);
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "Call me?");
  await conversation(page, "Ana Beltrán").click();
  const composer = page.getByTestId("composer");
  await composer.fill("half a sentence");

  await composer.press("Control+Shift+R");
  const recorder = page.getByTestId("recorder");
  await expect(recorder).toHaveAttribute("data-state", "recording");
  await expect(recorder).toContainText("0:01");
  await picture("recording", page);
  await page.getByTestId("record-pause").click();
  await expect(recorder).toHaveAttribute("data-state", "paused");
  await page.keyboard.press("Escape");
  await expect(recorder).toHaveCount(0);
  await expect(composer).toHaveValue("half a sentence");

  await page.getByTestId("record").click();
  await expect(recorder).toContainText("0:02");
  await page.getByTestId("record-stop").click();
  await expect(recorder).toHaveAttribute("data-state", "ready");
  await picture("recorded", page);
  await page.getByTestId("record-send").click();
  await expect(recorder).toHaveCount(0);
  await expect(composer).toHaveValue("half a sentence");

  const voices = async () => (await ana.messages(hotel)).filter(({ fromMe, kind }) => !fromMe && kind === "voice");
  await expect.poll(async () => (await voices()).length).toBe(1);
  const [note] = await voices();
  const bytes = await ana.file(hotel, note?.id ?? "");
  // The first page begins the stream and holds the head of Opus alone, the second its tags.
  expect(bytes.subarray(0, 6).toString("hex")).toBe("4f6767530002");
  expect(bytes.subarray(28, 36).toString()).toBe("OpusHead");
  expect(bytes.subarray(47, 51).toString()).toBe("OggS");
  expect(bytes.includes("OpusTags")).toBe(true);
  await browser.close();
});
