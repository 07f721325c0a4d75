import { describe, expect, it } from "vitest";
import { CallError, parseProblem, problemOf } from "./problem";

describe("problems", () => {
  it("are read from the text in which errors cross", () => {
    const text = JSON.stringify({ code: "conflict", message: "Taken.", detail: { field: "name" }, action: "retry" });
    expect(parseProblem(text)).toEqual({
      code: "conflict",
      message: "Taken.",
      detail: { field: "name" },
      action: "retry",
    });
  });

  it.each(["", "boom", "null", "[]", "{}", '{"code":7}', '"text"'])("that are %j are defects", (text) => {
    expect(parseProblem(text)).toEqual({ code: "internal", message: text, detail: {}, action: "" });
  });

  it("keep only what is text, whatever else they hold", () => {
    expect(parseProblem('{"code":"invalid","message":3,"detail":{"a":"b","c":4},"action":null}')).toEqual({
      code: "invalid",
      message: "",
      detail: { a: "b" },
      action: "",
    });
  });

  it("are found in whatever was thrown", () => {
    const problem = { code: "not_found", message: "", detail: {}, action: "" };
    expect(problemOf(new CallError(problem))).toBe(problem);
    expect(problemOf(new Error(JSON.stringify(problem)))).toEqual(problem);
    expect(problemOf(JSON.stringify(problem))).toEqual(problem);
    expect(problemOf(undefined).code).toBe("internal");
  });
});
