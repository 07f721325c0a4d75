import { join } from "node:path";

import { test as base, type Page } from "@playwright/test";

import { PICTURES } from "./paths";
import { Simulator } from "./simulator";
import { Waflow } from "./waflow";

interface World {
  simulator: Simulator;
  waflow: Waflow;
  /** Keeps a picture for people to look at. */
  picture: (name: string, page?: Page) => Promise<void>;
}

/** A test with a simulated WhatsApp, an empty workspace over it, and a page that shows it. */
export const test = base.extend<World>({
  // Playwright reads from the first parameter what a fixture needs: here nothing of its own.
  simulator: async ({ playwright: _ }, use, info) => {
    const simulator = await Simulator.start();
    await use(simulator);
    if (info.status !== info.expectedStatus) await info.attach("transcript", { body: await simulator.transcript() });
    await simulator.stop();
  },
  waflow: async ({ simulator }, use, info) => {
    const waflow = await Waflow.start(simulator);
    await use(waflow);
    if (info.status !== info.expectedStatus) await info.attach("waflow.log", { body: waflow.log });
    await waflow.stop();
  },
  page: async ({ page, waflow }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await page.goto(waflow.address);
    await use(page);
    base.expect(faults, "errors in the page").toEqual([]);
  },
  picture: async ({ page }, use) => {
    await use(async (name, of = page) => {
      await of.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });
    });
  },
});

/** The same in the demo workspace, whose phones are played from its own side panel. */
export const demoTest = test.extend({
  waflow: async ({ playwright: _ }, use) => {
    const waflow = await Waflow.demo();
    await use(waflow);
    await waflow.stop();
  },
});

export { expect } from "@playwright/test";
