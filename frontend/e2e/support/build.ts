import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

import { BIN, PICTURES, ROOT } from "./paths";

/** Builds the programs under test, unless they are given. */
export default function build(): void {
  mkdirSync(PICTURES, { recursive: true });
  if (process.env.WAFLOW_BIN !== undefined && process.env.WASIM_BIN !== undefined) return;
  mkdirSync(BIN, { recursive: true });
  const programs = [".", "./backend/wasim/cmd/wasim"];
  execFileSync("go", ["build", "-tags", "sqlite_fts5,headless", "-o", `${BIN}/`, ...programs], {
    cwd: ROOT,
    stdio: "inherit",
  });
}
