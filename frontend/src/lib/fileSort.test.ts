import { describe, expect, it } from "vitest";

import { endingOf, sortOf } from "./fileSort";
import { lengthWords } from "./lengthWords";

describe("the sort of a file", () => {
  it.each([
    ["Carta.PDF", "text", "pdf"],
    ["invoice.pdf.exe", "other", "exe"],
    ["a.tar.gz", "archive", "gz"],
    ["rates.csv", "table", "csv"],
    ["no ending", "other", ""],
    [".hidden", "other", "hidden"],
    ["x.averylongending", "other", ""],
    ["", "other", ""],
  ])("of %s", (name, sort, ending) => {
    expect(sortOf(name)).toBe(sort);
    expect(endingOf(name)).toBe(ending);
  });
});

describe("a length in words", () => {
  it.each([
    [34, "34 seconds"],
    [0, "0 seconds"],
    [60, "1 minute"],
    [64.4, "1 minute, 4 seconds"],
    [-3, "0 seconds"],
  ])("of %d seconds", (seconds, words) => expect(lengthWords(seconds, "en-GB")).toBe(words));
});
