import { m } from "../i18n/paraglide/messages";

/** The facts that sentences about a device may use. */
export interface StatusFacts {
  cause: string;
  step: number;
  code: number;
  reason: string;
  /** When a ban or a lock ends, in words; "" when nothing is known. */
  until: string;
}

type Sentence = (inputs: Record<string, string | number>) => string;

// Codes come from the engine, so their sentences are found by name. A test holds that every code has its own.
const sentences = m as unknown as Readonly<Record<string, Sentence | undefined>>;

function sentence(name: string, inputs: Record<string, string | number> = {}): string | undefined {
  return sentences[name]?.(inputs);
}

/** The four statuses as a name: "Requires attention". */
export function statusWord(status: string): string {
  return sentence(`status_${status}`) ?? m.status_attention();
}

/** The same for a number of devices: "4 require attention". */
export function statusShort(status: string): string {
  return sentence(`status_short_${status}`) ?? m.status_short_attention();
}

/** What is the matter, in a few words. */
export function causeTitle(cause: string): string {
  return sentence(`cause_${cause}_title`) ?? m.status_attention();
}

/** What follows from it, what is safe, and what to do, in one line. */
export function causeLine(facts: StatusFacts): string {
  const { step, code, until } = facts;
  return sentence(`cause_${facts.cause}_line`, { step, code: code || facts.reason || "?", until }) ?? facts.reason;
}

/** An error as people read it. */
export interface ProblemWords {
  title: string;
  /** What is safe, and what to do. */
  line: string;
  /** The verb on the button; "" when nothing can be done. */
  action: string;
}

/** The sentences of an error; those of "internal" for a code that is not known. */
export function problemWords(problem: { code: string; action: string }): ProblemWords {
  return {
    title: sentence(`error_${problem.code}_title`) ?? m.error_internal_title(),
    line: sentence(`error_${problem.code}_line`) ?? m.error_internal_line(),
    action: problem.action === "" ? "" : (sentence(`error_action_${problem.action}`) ?? ""),
  };
}

/** Title and line of an error in one text, for where there is room for no more. */
export function problemText(problem: { code: string; action: string }): string {
  const { title, line } = problemWords(problem);
  return `${title}. ${line}`;
}

/** What whoever helps needs to know about an error. It holds no numbers of people. */
export function problemDetails(problem: { code: string; message: string }, version: string): string {
  return `Waflow ${version}\n${problem.code}\n${problem.message}`;
}
