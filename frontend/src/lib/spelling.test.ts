import { describe, expect, it } from "vitest";

import { m } from "../i18n/paraglide/messages";
import { spell } from "./spelling";

const alphabet = { letters: m.spell_letters(), digits: m.spell_digits() };

describe("spell", () => {
  it("tells every sign apart, in the groups of the code", () => {
    const [first, second] = spell("K7QP-3MTX", alphabet);
    expect(first?.map(({ sign, word }) => `${sign} ${word}`)).toEqual(["K Kilo", "7 seven", "Q Quebec", "P Papa"]);
    expect(second?.map(({ word }) => word)).toEqual(["three", "Mike", "Tango", "X-ray"]);
  });

  it("has a word of its own for every sign that a code can have", () => {
    const signs = "123456789ABCDEFGHJKLMNPQRSTVWXYZ";
    const words = spell(signs, alphabet).flat();
    expect(new Set(words.map(({ word }) => word)).size).toBe(signs.length);
    for (const { sign, word } of words) {
      if (/[A-Z]/.test(sign)) expect(word[0]).toBe(sign);
    }
  });
});
