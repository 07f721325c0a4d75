import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { m } from "../i18n/paraglide/messages";
import { nextStep } from "./nextAction";
import { STATUSES, statusLine } from "./status";
import { causeSteps, causeTitle } from "./words";

interface Row {
  cause: string;
  status: string;
  next: string;
}

const source = readFileSync(join(import.meta.dirname, "../../../backend/domain/status.go"), "utf8");

/** The value of each constant of the engine's source. */
const values = new Map(
  [...source.matchAll(/^\s+(\w+)\s+\w+\s+= "(\w*)"/gm)].map(([, name = "", value = ""]) => [name, value]),
);

/** The engine's table of causes, read from its source, so that the two cannot drift apart. */
const table: Row[] = [...source.matchAll(/^\s+\{(Cause\w+), (Status\w+), (Next\w+)\},$/gm)].map(
  ([, cause = "", status = "", next = ""]) => ({
    cause: values.get(cause) ?? "",
    status: values.get(status) ?? "",
    next: values.get(next) ?? "",
  }),
);

const now = Date.UTC(2026, 10, 24, 14, 32);
const hour = 3_600_000;

/** A device that was told of a cause an hour ago, with everything that causes add. */
function device(row: Row) {
  return { ...row, since: now - hour, until: now + hour, nextTry: 0, try: 0, reason: "", code: 101, step: 11 };
}

describe("every cause of the engine's table", () => {
  it("is read", () => {
    expect(table.length).toBe([...source.matchAll(/^\s+Cause\w+\s+Cause\s+=/gm)].length);
    for (const row of table) expect(STATUSES).toContain(row.status);
  });

  it.each(table)("$cause has words and says what follows", (row) => {
    expect(Object.keys(m)).toContain(`cause_${row.cause}_title`);
    const title = causeTitle(row.cause);
    expect(title, "no codes in the first line").not.toMatch(/\d{3}|_/);
    const line = statusLine(device(row), now, "en-GB");
    expect(line).toMatch(/^\S.*[.%]$/s);
    expect(line).not.toMatch(/undefined|\{|\?/);
  });

  it.each(table)("$cause offers what can be pressed", (row) => {
    const step = nextStep(device(row), now, "en-GB");
    if (row.next === "" || row.next === "wait") return expect(step).toBeUndefined();
    expect(step?.label).toMatch(/^\S/);
    expect(step?.label.split(" ").length).toBeLessThanOrEqual(3);
    // A button that opens the device's page finds there what to do.
    if (step?.deed === "open") expect(causeSteps(row.cause, { number: "+34", version: "1" }).length).toBeGreaterThan(1);
  });
});

describe("what a cause adds", () => {
  const told = (cause: string, part: object) =>
    statusLine({ ...device({ cause, status: "attention", next: "" }), reason: "", code: 0, ...part }, now, "en-GB");

  it.each([101, 102, 103, 104, 105, 106])("says why a number was banned for a while (%i)", (code) => {
    expect(told("temporarily_banned", { code })).toContain("until 15:32");
    expect(told("temporarily_banned", { code })).toContain("The reason given:");
  });

  it("says so when WhatsApp gave no reason and no end", () => {
    expect(told("temporarily_banned", { code: 999, until: 0 })).toBe(
      "Nothing arrives or leaves until WhatsApp ends it. Waflow looks again by itself. Chats stay. WhatsApp did not say why.",
    );
    expect(told("reachout_timelock", { until: 0 })).toContain("until WhatsApp allows them again");
  });

  it("repeats what WhatsApp said when it refused", () => {
    expect(told("connect_refused", { code: 409, reason: "Something new" })).toContain("“Something new” (code 409)");
    expect(told("connect_refused", { code: 515, reason: "stream_error" })).not.toContain("stream_error");
  });

  it("counts the days of a silent phone", () => {
    expect(told("phone_offline_too_long", { step: 12 })).toContain("Last seen 12 days ago; WhatsApp unlinks after 14");
    expect(told("phone_offline_too_long", { step: 14 })).toContain("any moment now");
    expect(told("phone_offline_too_long", { step: 12, reason: "unwatched" })).toContain("not connected for part");
  });
});
