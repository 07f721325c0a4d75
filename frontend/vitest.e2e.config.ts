import { defineConfig } from "vitest/config";

// The interface in Chromium against `waflow serve` and the simulator. The tests start both themselves.
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
