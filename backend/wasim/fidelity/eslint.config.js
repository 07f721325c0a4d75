export { default } from "../../../frontend/eslint.plain.js";
