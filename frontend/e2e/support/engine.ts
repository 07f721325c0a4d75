import type { Page } from "@playwright/test";

/** Calls a method of the engine as the page does, "Fleet.Pause" for example. */
export async function call<T>(page: Page, method: string, ...args: unknown[]): Promise<T> {
  return page.evaluate(
    async ([name, given]) => {
      const response = await fetch(`/api/call/${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Waflow": "1" },
        body: JSON.stringify(given),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${name}: ${text}`);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    },
    [method, args] as const,
  ) as Promise<T>;
}
