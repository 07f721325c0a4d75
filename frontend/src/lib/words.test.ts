import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { m } from "../i18n/paraglide/messages";
import { nextStep } from "./nextAction";
import { causeLine, causeTitle, problemDetails, problemWords, statusShort, statusWord } from "./words";

/** The constants of a type, as the engine's source names them. */
function constants(file: string, type: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../../../backend/domain", file), "utf8");
  const values = [...source.matchAll(new RegExp(`^\\s+\\w+\\s+${type}\\s+= "(\\w+)"`, "gm"))].map(
    (match) => match[1] ?? "",
  );
  expect(values.length).toBeGreaterThan(3);
  return values;
}

const has = (name: string) => name in m;
const facts = { step: 3, code: 503, reason: "", until: "Thu 09:10" };

describe("every code of the engine has its words", () => {
  it.each(constants("status.go", "Status"))("status %s", (status) => {
    expect(has(`status_${status}`)).toBe(true);
    expect(statusWord(status)).not.toBe("");
    expect(statusShort(status)).not.toBe("");
  });

  it.each(constants("status.go", "Cause"))("cause %s", (cause) => {
    expect(has(`cause_${cause}_title`)).toBe(true);
    expect(has(`cause_${cause}_line`)).toBe(true);
    expect(causeTitle(cause)).toMatch(/^\S/);
    expect(causeLine({ cause, ...facts })).not.toContain("undefined");
  });

  it.each(constants("status.go", "NextAction"))("next action %s", (next) => {
    expect(has(`action_${next}`)).toBe(true);
    const device = { status: "attention", next, until: Date.UTC(2026, 10, 26, 9, 10) };
    const step = nextStep(device, Date.UTC(2026, 10, 24), "en-GB");
    // Only to wait for something without an end needs no button.
    expect(step === undefined).toBe(next === "wait");
  });

  it.each(constants("errors.go", "Code"))("error %s", (code) => {
    expect(has(`error_${code}_title`)).toBe(true);
    expect(has(`error_${code}_line`)).toBe(true);
  });

  it.each(constants("errors.go", "Action"))("error action %s", (action) => {
    expect(has(`error_action_${action}`)).toBe(true);
  });

  it.each(constants("notice.go", "NoticeKind"))("notice %s", (kind) => {
    expect(has(`shell_notice_${kind}`)).toBe(true);
  });
});

describe("a code that is not known", () => {
  it("is still told", () => {
    expect(causeTitle("from_the_future")).toBe("Requires attention");
    expect(causeLine({ cause: "from_the_future", ...facts, reason: "quota" })).toBe("quota");
    expect(problemWords({ code: "from_the_future", action: "dance" })).toEqual({
      title: "Something in Waflow went wrong",
      line: "This is a defect of Waflow. What was saved before is safe.",
      action: "",
    });
  });
});

describe("all texts", () => {
  const plain = {
    until: "u",
    step: 1,
    code: 1,
    count: 2,
    name: "n",
    device: "d",
    in: "i",
    try: 1,
    when: "w",
    length: "l",
  };
  const texts = Object.entries(m as unknown as Record<string, (inputs: object) => string>)
    .filter(([name]) => /^(cause|error|action|status|ask|subaccount|shell|fleet|device|settings|welcome)_/.test(name))
    .map(([name, text]) => [name, text(plain)] as const);

  it.each(texts)("%s is written plainly", (_, text) => {
    expect(text).not.toMatch(/!|\bplease\b|\boops\b|are you sure|—/i);
  });

  it("put what went wrong into the details, for whoever helps", () => {
    expect(problemDetails({ code: "internal", message: "boom" }, "0.1.0")).toBe("Waflow 0.1.0\ninternal\nboom");
  });
});
