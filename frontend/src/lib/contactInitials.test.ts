import { expect, it } from "vitest";

import { contactInitials } from "./contactInitials";

it.each([
  ["Ana Beltrán", "AB"],
  ["ana", "A"],
  ["María de los Ángeles Ríos", "MR"],
  ["+34 600 000 144", ""],
  ["😀", ""],
  ["", ""],
  ["שרה כהן", "שכ"],
  ["Jean-Luc", "JL"],
])("of %j are %j", (name, initials) => {
  expect(contactInitials(name)).toBe(initials);
});
