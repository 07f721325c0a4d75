// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts a program that says in one line of JSON when it is ready, and that ends when its standard input is closed.
 * @template Ready
 * @param {string} path
 * @param {readonly string[]} args
 * @returns {Promise<{ ready: Ready, stop: () => Promise<void> }>}
 */
export async function startProgram(path, args) {
  const child = spawn(path, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const line = once(createInterface({ input: child.stdout }), "line");
  const first = await Promise.race([line, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`${path} ended before it was ready`);
  return {
    ready: JSON.parse(first[0]),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
