import js from "@eslint/js";
import globals from "globals";
import ts from "typescript-eslint";

/** Rules for JavaScript outside of the interface, which runs in Node as it is written. */
export default ts.config(js.configs.recommended, ts.configs.strict, {
  linterOptions: { reportUnusedDisableDirectives: "error" },
  languageOptions: { globals: globals.node },
  rules: {
    "max-lines": ["error", { max: 400, skipBlankLines: true }],
    "no-console": "error",
    "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"] }],
    eqeqeq: "error",
    "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true }],
    "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
  },
});
