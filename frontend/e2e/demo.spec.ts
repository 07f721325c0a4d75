import { faults } from "./support/faults";
import { answer, bubble, conversation, createSubaccount, fleetRow, nameDevice, showInbox } from "./support/steps";
import { demoTest as test, expect } from "./support/test";

test("plays the phones from the side panel", async ({ page, picture }) => {
  await test.step("the welcome page never lets anybody mistake it for real", async () => {
    await expect(page.getByTestId("welcome-link")).toBeVisible();
    await createSubaccount(page, "Clínica Vida");
    await nameDevice(page, "Recepção");
    await expect(page.getByTestId("pair-qr")).toBeVisible();
    await picture("demo-link");
  });

  await test.step("one of our phones scans the code in the dialog", async () => {
    await page.getByTestId("pair-dialog").getByRole("button", { name: "Clínica Vida" }).click();
    await page.getByTestId("pair-done").click();
    await page.getByTestId("view-fleet").click();
    await expect(fleetRow(page, "Recepção")).toHaveAttribute("data-status", "connected");
    await expect(page.getByTestId("banner-demo")).toBeVisible();
  });

  await test.step("a contact writes, is answered, and reads", async () => {
    await showInbox(page);
    await page.getByTestId("demo-phone").selectOption({ label: "Júlia Santos · +55 11 90000-0201" });
    await page.getByTestId("demo-write").fill("Vocês atendem no sábado?");
    await page.getByTestId("demo-send").click();
    await conversation(page, "Júlia Santos").click();
    await answer(page, "Sim, das 9h às 13h.");
    await expect(page.getByTestId("demo-screen")).toContainText("Sim, das 9h às 13h.");
    await page.getByTestId("demo-read").click();
    await expect(bubble(page, "das 9h às 13h")).toHaveAttribute("data-state", "read");
    await picture("demo");
    expect(await faults(page)).toEqual([]);
  });

  await test.step("our phone loses its network, comes back, and is unlinked", async () => {
    await page.getByTestId("view-fleet").click();
    await page.getByTestId("demo-ours").click();
    await page.getByTestId("demo-network").click();
    await expect(fleetRow(page, "Recepção")).toHaveAttribute("data-status", "offline");
    await page.getByTestId("demo-network").click();
    await expect(fleetRow(page, "Recepção")).toHaveAttribute("data-status", "connected");
    await page.getByTestId("demo-unlink").click();
    await expect(fleetRow(page, "Recepção")).toHaveAttribute("data-cause", "unlinked_from_phone");
    await picture("demo-unlinked");
  });
});
