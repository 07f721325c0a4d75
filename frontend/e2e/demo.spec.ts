import { faults } from "./support/faults";
import { answer, bubble, conversation, createSubaccount, fleetRow, nameDevice, showInbox } from "./support/steps";
import { demoTest as test, expect } from "./support/test";

test("begins as a workspace in use, and plays the phones from the side panel", async ({ page, picture }) => {
  await test.step("five devices, and what has happened to each", async () => {
    await page.getByTestId("view-fleet").click();
    for (const [label, status, cause] of [
      ["Recepción", "connected", "online"],
      ["Presupuestos", "offline", "paused_by_operator"],
      ["Secretaría", "connected", "online"],
      ["Deutsch", "attention", "unlinked_from_phone"],
      ["Workshop", "offline", "server_unreachable"],
    ] as const) {
      await expect(fleetRow(page, label)).toHaveAttribute("data-cause", cause);
      await expect(fleetRow(page, label)).toHaveAttribute("data-status", status);
    }
    await expect(page.getByTestId("banner-demo")).toBeVisible();
    await picture("demo-fleet");
  });

  await test.step("one of our phones scans the code of a new device", async () => {
    await createSubaccount(page, "Bella Lua");
    await nameDevice(page, "Pedidos");
    await expect(page.getByTestId("pair-qr")).toBeVisible();
    await picture("demo-link");
    await page.getByTestId("pair-dialog").getByRole("button", { name: "Bella Lua" }).click();
    await page.getByTestId("pair-done").click();
    await page.getByTestId("view-fleet").click();
    await expect(fleetRow(page, "Pedidos")).toHaveAttribute("data-status", "connected");
  });

  await test.step("a contact writes, is answered, and reads", async () => {
    await page.getByTestId("rail-tile-0").click();
    await showInbox(page);
    await page.getByTestId("demo-phone").selectOption({ label: "Júlia Santos · +55 11 90000-0201" });
    await page.getByTestId("demo-write").fill("¿Abren el sábado?");
    await page.getByTestId("demo-send").click();
    await conversation(page, "Júlia Santos").click();
    await answer(page, "Sí, de nueve y media a una y media.");
    await expect(page.getByTestId("demo-screen")).toContainText("de nueve y media a una y media");
    await page.getByTestId("demo-read").click();
    await expect(bubble(page, "de nueve y media a una y media")).toHaveAttribute("data-state", "read");
    await picture("demo");
    expect(await faults(page)).toEqual([]);
  });

  await test.step("behind it lies history, and people go on writing", async () => {
    await page.getByTestId("demo-answers").click();
    await expect(page.getByTestId("demo-answers")).toHaveAttribute("aria-checked", "false");
    expect(await bubble(page, "").count()).toBeGreaterThan(4);
    const unread = async () => Number((await page.getByTestId("view-inbox").textContent())?.match(/\d+/u)?.[0] ?? 0);
    const before = await unread();
    await page.getByTestId("demo-crowd-all").click();
    await expect.poll(unread).toBeGreaterThan(before + 10);
    await picture("demo-crowd");
  });

  await test.step("our phone loses its network, comes back, and is unlinked", async () => {
    await page.getByTestId("view-fleet").click();
    await page.getByTestId("demo-ours").click();
    await page.getByTestId("demo-phone").selectOption({ label: "Bella Lua · +55 11 90000-0114" });
    await page.getByTestId("demo-network").click();
    await expect(fleetRow(page, "Pedidos")).toHaveAttribute("data-status", "offline");
    await page.getByTestId("demo-network").click();
    await expect(fleetRow(page, "Pedidos")).toHaveAttribute("data-status", "connected");
    await page.getByTestId("demo-unlink").click();
    await expect(fleetRow(page, "Pedidos")).toHaveAttribute("data-cause", "unlinked_from_phone");
    await picture("demo-unlinked");
  });
});
