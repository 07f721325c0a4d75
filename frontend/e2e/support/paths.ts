import { fileURLToPath } from "node:url";

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The repository. */
export const ROOT = from("../../..");
/** Where pictures for people are kept. */
export const PICTURES = from("../../../build/artifacts/interface");
/** Where the programs under test are built, unless WAFLOW_BIN and WASIM_BIN name them. */
export const BIN = from("../../../build/bin/headless");

/** The program under test. */
export const waflowBinary = () => process.env.WAFLOW_BIN ?? `${BIN}/waflow`;
/** The simulated WhatsApp. */
export const wasimBinary = () => process.env.WASIM_BIN ?? `${BIN}/wasim`;
