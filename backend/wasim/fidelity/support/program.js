// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { Journal } from "./waiting.js";

/**
 * Starts a program that writes and reads lines of JSON, and that ends when its standard input is closed.
 * @template Line
 * @param {string} variable the environment variable that names the program
 * @param {readonly string[]} args
 */
export function startProgram(variable, args) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} names no program; run make test-fidelity`);
  const child = spawn(path, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  /** @type {Journal<Line>} */
  const lines = new Journal();
  createInterface({ input: child.stdout }).on("line", (text) => lines.add(JSON.parse(text)));
  return {
    lines,
    /** @param {unknown} line */
    write: (line) => child.stdin.write(`${JSON.stringify(line)}\n`),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * @template Line
 * @typedef {{ lines: Journal<Line>, write: (line: unknown) => void, stop: () => Promise<void> }} Program
 */
