import { expect, type Page } from "@playwright/test";
import jsqr from "jsqr";
import { PNG } from "pngjs";

// The library is CommonJS: under Node's own loader its function is the default of the default.
const decode = (jsqr as unknown as { default?: typeof jsqr }).default ?? jsqr;

/** Reads the QR code that the link dialog shows, as a camera would: from a picture of it. */
export async function readQR(page: Page): Promise<string> {
  const code = page.getByTestId("pair-qr");
  await expect(code).toBeVisible();
  let payload = "";
  await expect
    .poll(
      async () => {
        const picture = PNG.sync.read(await code.screenshot({ animations: "disabled", scale: "device" }));
        payload = decode(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data ?? "";
        return payload;
      },
      { message: "the QR code can be read" },
    )
    .not.toBe("");
  return payload;
}
