import { m } from "../i18n/paraglide/messages";

/** The facts that sentences about a device may use. */
export interface StatusFacts {
  cause: string;
  step: number;
  code: number;
  reason: string;
  /** When a ban or a lock ends, in words; "" when nothing is known. */
  until: string;
  /** Host and port of the proxy that failed; "" for none. */
  proxy?: string;
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

/** What follows from it, what is safe, and what to do, in one line. A cause may have a line of its own for a reason. */
export function causeLine(facts: StatusFacts): string {
  const { cause, step, code, reason, until } = facts;
  const inputs = { step, code: code || reason || "?", until, reason, proxy: facts.proxy ?? "" };
  const line =
    sentence(`cause_${cause}_line_${variant(facts)}`, inputs) ?? sentence(`cause_${cause}_line`, inputs) ?? reason;
  return cause === "temporarily_banned" ? `${line} ${banReason(code)}` : line;
}

/** Which line of a cause fits the facts: the name of a reason of ours, or what is known. */
function variant({ cause, step, code, reason, until }: StatusFacts): string {
  switch (cause) {
    case "temporarily_banned":
    case "reachout_timelock":
      return until === "" ? "open" : "";
    case "phone_offline_too_long":
      return reason === "" && step >= PHONE_LIMIT_DAYS ? "last" : reason;
    case "connect_refused":
      return code > 0 && reason !== "" && !OWN_REASON.test(reason) ? "said" : "";
    default:
      return reason;
  }
}

/** After how many days without its phone WhatsApp unlinks a device. */
const PHONE_LIMIT_DAYS = 14;

/** Reasons that Waflow gives are single words; WhatsApp's may be anything. */
const OWN_REASON = /^[a-z]+(_[a-z]+)*$/;

/** Why a number was banned for a while, by WhatsApp's code. */
function banReason(code: number): string {
  return sentence(`cause_temporarily_banned_why_${code}`) ?? m.cause_temporarily_banned_why();
}

/** Why a proxy was not saved; `address` is its host and port. */
export function proxyTrouble(trouble: string, address: string): string {
  return sentence(`proxy_trouble_${trouble}`, { address }) ?? m.proxy_trouble_unknown({ address });
}

/** What to do about a cause that no button cures, step by step; empty where there is nothing more to say than its line. */
export function causeSteps(cause: string, inputs: { number: string; version: string }): string[] {
  const steps: string[] = [];
  for (
    let step = sentence(`todo_${cause}_1`, inputs);
    step !== undefined;
    step = sentence(`todo_${cause}_${steps.length + 1}`, inputs)
  )
    steps.push(step);
  return steps;
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
