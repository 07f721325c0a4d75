import { describe, expect, it } from "vitest";

import { MAX_TEXT_BYTES, folded, hasVisible, textProblem, utf8Length } from "./text";

describe("textProblem", () => {
  it.each(["", " ", "\n\t ", "\u00a0"])("finds nothing in %j", (text) => {
    expect(textProblem(text)).toBe("empty");
  });

  it("counts bytes, not characters", () => {
    expect(utf8Length("é😀")).toBe(6);
    expect(textProblem("a".repeat(MAX_TEXT_BYTES))).toBeUndefined();
    expect(textProblem("a".repeat(MAX_TEXT_BYTES + 1))).toBe("too_long");
    expect(textProblem("😀".repeat(MAX_TEXT_BYTES / 4))).toBeUndefined();
    expect(textProblem("😀".repeat(MAX_TEXT_BYTES / 4) + "é")).toBe("too_long");
  });
});

describe("hasVisible", () => {
  it.each(["a", "😀", "שלום", "\u200b.\u200b", "👨‍👩‍👧"])("sees something in %j", (text) => {
    expect(hasVisible(text)).toBe(true);
  });

  it.each(["", " ", "\u200b\u200b", "\u200d", "\u202e\u202c", "\ufeff", "\u3164", "\u2800"])(
    "sees nothing in %j",
    (text) => {
      expect(hasVisible(text)).toBe(false);
    },
  );
});

describe("folded", () => {
  it("leaves short texts alone", () => {
    expect(folded("Hello")).toBeUndefined();
    expect(folded("line\n".repeat(20))).toBeUndefined();
  });

  it("cuts long texts", () => {
    const beginning = folded("word ".repeat(13_000));
    expect(beginning?.length).toBeLessThanOrEqual(1500);
    expect(beginning?.length).toBeGreaterThan(1400);
  });

  it("cuts texts of many lines", () => {
    expect(folded("line\n".repeat(100))?.split("\n")).toHaveLength(24);
  });

  it("never cuts a character in two", () => {
    const family = "👨‍👩‍👧‍👦";
    for (let shift = 0; shift < family.length; shift++) {
      const beginning = folded("a".repeat(shift) + family.repeat(400)) ?? "";
      expect((beginning.length - shift) % family.length).toBe(0);
    }
  });
});
