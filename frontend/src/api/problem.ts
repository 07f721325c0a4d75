import type { Problem } from "./types";

/** An error of a call, with what the engine said about it. */
export class CallError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = "CallError";
    this.problem = problem;
  }
}

/** What is known about an error: the engine's own words where it gave any, else the code "internal". */
export function problemOf(error: unknown): Problem {
  if (error instanceof CallError) return error.problem;
  return parseProblem(error instanceof Error ? error.message : String(error));
}

/** Reads a problem from the JSON text in which errors cross; anything else becomes a problem with the code "internal". */
export function parseProblem(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value) && typeof value.code === "string") {
      return {
        code: value.code,
        message: typeof value.message === "string" ? value.message : "",
        detail: isRecord(value.detail) ? textValues(value.detail) : {},
        action: typeof value.action === "string" ? value.action : "",
      };
    }
  } catch {
    // Not JSON: something threw that is not one of the engine's own errors.
  }
  return { code: "internal", message: text, detail: {}, action: "" };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textValues(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
