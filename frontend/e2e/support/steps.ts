import { expect, type Locator, type Page } from "@playwright/test";

import { readQR } from "./qr";
import type { Phone } from "./simulator";

/** Creates a subaccount from the welcome page or the rail. The dialog that links its first number follows. */
export async function createSubaccount(page: Page, name: string): Promise<void> {
  const welcome = page.getByTestId("welcome-link");
  const add = page.getByTestId("rail-add");
  await expect(welcome.or(add)).toBeVisible();
  await welcome.or(add).click();
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

/** Links a number of a new subaccount, from an empty workspace on. */
export async function link(page: Page, phone: Phone, subaccount: string, label: string): Promise<void> {
  await createSubaccount(page, subaccount);
  await nameDevice(page, label);
  await scanAndFinish(page, phone);
}

/**
 * How long it may take until a device is back once its network is: the longest wait between two tries (30 s), then the login, on a slow machine.
 */
export const UNTIL_BACK = { timeout: 60_000 };

/** Shows the inbox. */
export async function showInbox(page: Page): Promise<void> {
  await page.getByTestId("view-inbox").click();
  await expect(page.getByTestId("inbox")).toBeVisible();
}

/** The bubble with a text. */
export function bubble(page: Page, text: string): Locator {
  return page.locator('[data-testid^="message-"]').filter({ hasText: text });
}

/** The row of a conversation in the list. */
export function conversation(page: Page, name: string): Locator {
  return page.getByTestId("conversations").getByRole("option").filter({ hasText: name });
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

/** The texts that a phone has from somebody, oldest first. */
export async function textsFrom(phone: Phone, peer: Phone): Promise<string[]> {
  return (await phone.messages(peer)).filter((message) => !message.fromMe).map((message) => message.text);
}
