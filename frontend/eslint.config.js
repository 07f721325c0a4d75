import { readdirSync } from "node:fs";

import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Layers of the interface, and which of the others each may import. App.svelte and main.ts compose and may import all. */
const layers = {
  features: ["state", "api", "ui", "lib", "i18n", "styles"],
  state: ["api", "lib", "i18n"],
  api: ["lib", "i18n"],
  ui: ["i18n", "styles"],
  lib: ["i18n"],
};

const namesIn = (folder) =>
  readdirSync(new URL(folder, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

const layerZones = Object.entries(layers).map(([layer, allowed]) => ({
  target: `./src/${layer}`,
  from: "./src",
  except: [layer, ...allowed].map((name) => `./${name}`),
  message: `${layer} may import: ${allowed.join(", ")}.`,
}));

const featureZones = namesIn("./src/features/").map((feature) => ({
  target: `./src/features/${feature}`,
  from: "./src/features",
  except: [`./${feature}`],
  message: "Features never import each other. What both need belongs in ui, lib or state; App.svelte composes.",
}));

export default ts.config(
  { ignores: ["dist/", "wailsjs/", "src/i18n/paraglide/", "test-results/", "playwright-report/"] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          // As vite resolves: some packages have types for only a part of what they export.
          conditionNames: ["svelte", "browser", "import", "default"],
          extensions: [".ts", ".svelte.ts", ".svelte", ".js", ".json", ".css"],
          project: new URL("./tsconfig.json", import.meta.url).pathname,
        }),
      ],
    },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        { basePath: import.meta.dirname, zones: [...layerZones, ...featureZones] },
      ],
      // A path that does not resolve would slip through the rule above.
      "import-x/no-unresolved": ["error", { ignore: ["^virtual:", "/wailsjs/", "/paraglide/", "\\?"] }],
      "no-console": "error",
      "no-undef": "off",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"] }],
      eqeqeq: "error",
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // A script in the page would own every function of the program.
      "svelte/no-at-html-tags": "error",
      "svelte/no-at-debug-tags": "error",
      // State classes replace whole values ($state.raw); their private indexes are not meant to be reactive.
      "svelte/prefer-svelte-reactivity": "off",
      "svelte/no-target-blank": "error",
      "svelte/button-has-type": "error",
      "svelte/no-inline-styles": ["error", { allowTransitions: true }],
      // The program has one page; its links are no routes of SvelteKit.
      "svelte/no-navigation-without-resolve": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]",
          message: "Text is never put into the page as markup.",
        },
      ],
    },
  },
  {
    // Tests bring their own samples from src/test.
    files: ["src/**/*.test.ts"],
    rules: { "import-x/no-restricted-paths": "off" },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    rules: { "max-lines": ["error", { max: 250, skipBlankLines: true }] },
  },
  {
    // Tests share samples and what stands in for the engine.
    files: ["**/*.test.ts"],
    rules: { "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones: featureZones }] },
  },
);
