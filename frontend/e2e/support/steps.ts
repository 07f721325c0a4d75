import { expect, type Locator, type Page } from "@playwright/test";

import { readQR } from "./qr";
import type { Phone } from "./simulator";

/** Creates a subaccount from the welcome page or the rail. The dialog that links its first number follows. */
export async function createSubaccount(page: Page, name: string): Promise<void> {
  const welcome = page.getByTestId("welcome-link");
  await expect(welcome.or(page.getByTestId("rail-add"))).toBeVisible();
  if (await welcome.isVisible()) await welcome.click();
  else await page.getByTestId("rail-add").click();
  await page.getByTestId("subaccount-name").fill(name);
  await page.getByTestId("subaccount-create").click();
}

/** Names the new device in the link dialog, so that it shows its code. */
export async function nameDevice(page: Page, label: string): Promise<void> {
  await page.getByTestId("device-label").fill(label);
  await page.getByTestId("pair-start").click();
}

/** Scans the code that the dialog shows and closes the dialog when the phone is linked. */
export async function scanAndFinish(page: Page, phone: Phone): Promise<void> {
  const result = await phone.scan(await readQR(page));
  expect(result.linked).toBe(true);
  await page.getByTestId("pair-done").click();
  await expect(page.getByTestId("pair-dialog")).toHaveCount(0);
}

/** The bubble with a text. */
export function bubble(page: Page, text: string): Locator {
  return page.locator('[data-testid^="message-"]').filter({ hasText: text });
}

/** The row of a conversation in the list. */
export function conversation(page: Page, name: string): Locator {
  return page.locator('[data-testid^="conversation-"]').filter({ hasText: name });
}

/** The row of a device in the fleet. */
export function fleetRow(page: Page, label: string): Locator {
  return page.locator('[data-testid^="fleet-row-"]').filter({ hasText: label });
}

/** Writes in the open conversation and sends it. */
export async function answer(page: Page, text: string): Promise<void> {
  const composer = page.getByTestId("composer");
  await composer.fill(text);
  await composer.press("Enter");
  await expect(composer).toHaveValue("");
}
