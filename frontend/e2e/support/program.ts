import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that runs beside the test and says in one line of JSON when it is ready. */
export class Program<Ready> {
  readonly ready: Ready;
  #child: ChildProcess;
  #errors: string[];

  private constructor(child: ChildProcess, ready: Ready, errors: string[]) {
    this.#child = child;
    this.ready = ready;
    this.#errors = errors;
  }

  /** Starts a program and waits for its line. */
  static async start<Ready>(path: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    const errors: string[] = [];
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, "exit").then(() => {
      throw new Error(`${path} ended before it was ready:\n${errors.join("")}`);
    });
    const line = once(lines, "line").then(([text]) => String(text));
    const ready = JSON.parse(await Promise.race([line, ended])) as Ready;
    ended.catch(() => undefined);
    return new Program<Ready>(child, ready, errors);
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors.join("");
  }

  /** Ends it as a person would, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }
}
