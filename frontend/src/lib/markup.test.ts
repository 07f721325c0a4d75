import { describe, expect, it } from "vitest";

import { blocksOf, inlineOf } from "./markup";

const text = (value: string) => ({ kind: "text", text: value });

describe("formatting", () => {
  it.each([
    ["*bold* and _italic_ and ~gone~", ["bold", "text", "italic", "text", "strike"]],
    ["a `piece of code`", ["text", "code"]],
    ["2*3*4 and snake_case_name", ["text"]],
    ["* not bold *", ["text"]],
    ["*never closed", ["text"]],
    ["(*bold*), yes", ["text", "bold", "text"]],
    ["**", ["text"]],
  ])("%s", (written, kinds) => {
    expect(inlineOf(written).map((part) => part.kind)).toEqual(kinds);
  });

  it("nests", () => {
    expect(inlineOf("*very _much_*")).toEqual([
      { kind: "bold", parts: [text("very "), { kind: "italic", parts: [text("much")] }] },
    ]);
  });

  it("shows only what leads to a safe page as a link", () => {
    const url = "https://example.com/a_b*c";
    expect(inlineOf(`see ${url}.`)).toEqual([text("see "), { kind: "link", url, text: url }, text(".")]);
    for (const odd of ["javascript:alert(1)", "http://example.com", "xhttps://a.b", "https://", "file:///etc/passwd"])
      expect(inlineOf(odd)).toEqual([text(odd)]);
  });

  it("names the people whom it speaks of", () => {
    expect(inlineOf("thanks @123, @124", [{ token: "123", name: "Ana" }])).toEqual([
      text("thanks "),
      { kind: "mention", text: "@Ana" },
      text(", @124"),
    ]);
  });

  it("has lists, quotes and code", () => {
    expect(blocksOf("Bring:\n- bread\n* wine\n> as you said\n3. third\n4. fourth\n```\na *b*\nc\n```\nthanks")).toEqual(
      [
        { kind: "lines", parts: [text("Bring:")] },
        { kind: "list", ordered: false, start: 1, items: [[text("bread")], [text("wine")]] },
        { kind: "quote", parts: [text("as you said")] },
        { kind: "list", ordered: true, start: 3, items: [[text("third")], [text("fourth")]] },
        { kind: "code", text: "a *b*\nc" },
        { kind: "lines", parts: [text("thanks")] },
      ],
    );
    expect(blocksOf("``` ```")).toEqual([{ kind: "lines", parts: [text("``` ```")] }]);
    expect(blocksOf("one\n\ntwo")).toHaveLength(1);
  });

  it("takes any text without losing a character", () => {
    for (const mark of ["*", "_", "~", "`", "```", "@", "> ", "- ", "https://", "*a ", "_~*"]) {
      const long = mark.repeat(10_000);
      expect(() => blocksOf(long, [{ token: "", name: "" }])).not.toThrow();
    }
  });
});
