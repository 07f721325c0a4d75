import { expect, it } from "vitest";

import { qrPath } from "./qr";

it("draws each run of dark modules once", () => {
  expect(qrPath(3, "110000101")).toBe("M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z");
});

it("draws nothing when size and modules do not fit together", () => {
  expect(qrPath(3, "11")).toBe("");
  expect(qrPath(0, "")).toBe("");
});
