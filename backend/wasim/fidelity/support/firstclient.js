// @ts-check
import { after } from "node:test";

import { startProgram } from "./program.js";

/**
 * A line of ../firstclient.
 * @typedef {{ event: string, id: string, chat: string, sender: string, text: string, type?: string, fromMe?: boolean }} Line
 */

/** A linked device that runs whatsmeow, in a process of its own. */
export class FirstClient {
  #program;

  /** @param {import("./program.js").Program<Line>} program */
  constructor(program) {
    this.#program = program;
  }

  /**
   * One that is linked to a phone and logged in.
   * @param {import("./simulator.js").Simulator} simulator
   * @param {import("./simulator.js").Phone} phone
   */
  static async linked({ endpoint, rootKey }, phone) {
    /** @type {import("./program.js").Program<Line>} */
    const program = startProgram("FIRSTCLIENT_BIN", ["--endpoint", endpoint, "--root-key", rootKey]);
    after(program.stop);
    const client = new FirstClient(program);
    const { text } = await client.event("qr");
    await phone.do("scan", { qr: text });
    await client.event("ready");
    return client;
  }

  /**
   * @param {string} name
   * @param {(line: Line) => boolean} [fits]
   */
  event(name, fits = () => true) {
    return this.#program.lines.find(`${name} of whatsmeow`, (line) => line.event === name && fits(line));
  }

  /** @param {string} text */
  text(text) {
    return this.event("message", (line) => line.text === text);
  }

  /**
   * Waits for a receipt.
   * @param {string} id of the message
   * @param {string} [type] none for delivered
   */
  receipt(id, type) {
    return this.event("receipt", (line) => line.id === id && line.type === type);
  }

  /**
   * @param {string} chat
   * @param {string} text
   * @returns {Promise<string>} the message's id
   */
  async send(chat, text) {
    const before = this.#program.lines.entries.length;
    this.#program.write({ do: "send", chat, text });
    const answer = await this.#program.lines.find(
      "the answer to a send",
      ({ event }) => event === "sent" || event === "error",
      before,
    );
    if (answer.event === "error") throw new Error(answer.text);
    return answer.id;
  }

  /** @param {Line} message */
  read({ chat, sender, id }) {
    this.#program.write({ do: "read", chat, sender, id });
  }
}
