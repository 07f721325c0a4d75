import { createHash } from "node:crypto";

import type { Page } from "@playwright/test";

import type { Phone } from "./support/simulator";
import { bubble, conversation, link, showInbox, textsFrom } from "./support/steps";
import { expect, test } from "./support/test";

/** A file made in the page is given to it by an event, as a hand does: dropped on the thread, or pasted into the field. */
async function give(page: Page, how: "drop" | "paste", name: string, width: number): Promise<void> {
  await page.evaluate(
    async ([how, name, width]) => {
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = 400;
      const pen = canvas.getContext("2d");
      if (pen !== null) {
        const fade = pen.createLinearGradient(0, 0, width, 400);
        fade.addColorStop(0, "#0f766e");
        fade.addColorStop(1, "#f59e0b");
        pen.fillStyle = fade;
        pen.fillRect(0, 0, width, 400);
      }
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
      const data = new DataTransfer();
      data.items.add(new File([blob ?? ""], name, { type: "image/png" }));
      const at = document.querySelector(how === "drop" ? '[data-testid="drop-zone"]' : '[data-testid="composer"]');
      const more = { bubbles: true, cancelable: true };
      if (how === "paste") at?.dispatchEvent(new ClipboardEvent("paste", { ...more, clipboardData: data }));
      else
        for (const kind of ["dragenter", "dragover", "drop"])
          at?.dispatchEvent(new DragEvent(kind, { ...more, dataTransfer: data }));
    },
    [how, name, width] as const,
  );
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** What the contact has from us that is a file, with its bytes. */
async function filesOf(ana: Phone, hotel: Phone) {
  const messages = (await ana.messages(hotel)).filter(({ fromMe, kind }) => !fromMe && kind !== "text");
  return Promise.all(messages.map(async ({ id, kind, text }) => ({ kind, text, bytes: await ana.file(hotel, id) })));
}

test("files are attached by choice, drop and paste, and reach the contact whole", async ({
  page,
  simulator,
  picture,
}) => {
  const hotel = await simulator.phone("+34600000013", "Hotel Miramar");
  const ana = await simulator.phone("+34600000144", "Ana Beltrán");
  await link(page, hotel, "Hotel Miramar", "Reception");
  await showInbox(page);
  await ana.write(hotel, "Can you send me the menu?");
  await conversation(page, "Ana Beltrán").click();

  const menu = Buffer.from(`%PDF-1.4\n${"Pan con tomate, 3.50\n".repeat(200_000)}%%EOF\n`);
  const choice = page.waitForEvent("filechooser");
  await page.getByTestId("attach").click();
  await (
    await choice
  ).setFiles([
    { name: "Carta de otoño.pdf", mimeType: "application/pdf", buffer: menu },
    { name: "leer.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
  ]);
  const cards = page.getByTestId("attached-file");
  await expect(cards.first()).toHaveAttribute("data-ready", "true");
  await expect(cards.nth(1)).toContainText("The file is empty");
  await expect(page.getByTestId("send")).toBeDisabled();
  await picture("attached-problem");
  await cards.nth(1).getByRole("button").click();
  await give(page, "drop", "terraza.png", 2000);
  await give(page, "paste", "image.png", 500);
  await expect(cards).toHaveCount(3);
  await expect(page.getByTestId("send")).toBeEnabled();
  await cards.nth(2).getByRole("checkbox").check();
  await page.getByTestId("composer").fill("Here you are");
  await picture("attached");
  await page.getByTestId("send").click();

  await expect(cards).toHaveCount(0);
  await expect(page.getByTestId("composer")).toHaveValue("");
  await expect(bubble(page, "Here you are")).toHaveAttribute("data-state", "delivered");
  await expect
    .poll(async () => (await filesOf(ana, hotel)).map(({ kind }) => kind))
    .toEqual(["document", "image", "document"]);
  const [pdf, photo, plain] = await filesOf(ana, hotel);
  expect(sha256(pdf?.bytes ?? Buffer.of())).toBe(sha256(menu));
  expect(pdf?.text).toBe("Here you are");
  expect(photo?.bytes.subarray(0, 3).toString("hex")).toBe("ffd8ff");
  expect(plain?.bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(await textsFrom(ana, hotel)).toHaveLength(3);
  await picture("attached-sent");
});
