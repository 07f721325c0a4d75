// @ts-check
import { after, afterEach } from "node:test";

import { redirectFetch } from "./loopback.js";
import { startProgram } from "./program.js";
import { eventually } from "./waiting.js";

/**
 * @typedef {{ endpoint: string, rootKey: string, control: string }} Ready
 * @typedef {{ id: number, jid: string, name: string, connected: boolean, waiting: number, preKeys: number }} LinkedDevice
 * @typedef {{ number: string, name: string, jid: string, lid: string, devices: LinkedDevice[], peers: string[] }} PhoneView
 * @typedef {{ id: string, fromMe: boolean, text: string, state: string, read: boolean, members?: Record<string, string> }} ChatMessage
 */

/** The simulator in its own process, which the tests drive over its control interface. */
export class Simulator {
  /** @type {Ready} */
  #ready;
  #phones = 0;

  /** @param {Ready} ready */
  constructor(ready) {
    this.#ready = ready;
  }

  /**
   * Starts one for the tests of a file and ends it after them.
   * @param {readonly string[]} args more flags of the program
   */
  static async forThisFile(args = []) {
    /** @type {import("./program.js").Program<Ready>} */
    const program = startProgram("WASIM_BIN", ["--with-stdin", ...args]);
    after(program.stop);
    const simulator = new Simulator(await program.lines.find("the simulator", () => true));
    afterEach(async (test) => {
      if ("diagnostic" in test && "passed" in test && !test.passed) test.diagnostic(await simulator.transcript());
    });
    await redirectFetch(simulator.port);
    return simulator;
  }

  get endpoint() {
    return this.#ready.endpoint;
  }

  /** In base64. */
  get rootKey() {
    return this.#ready.rootKey;
  }

  /** Port of the websocket and of media. */
  get port() {
    return Number(new URL(this.#ready.endpoint).port);
  }

  /**
   * @template T
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<T>}
   */
  async call(method, path, body) {
    const response = await fetch(this.#ready.control + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error}`);
    return answer;
  }

  /**
   * A new phone, with a number of its own.
   * @param {string} name
   * @param {object} [more] other fields of PhoneOptions
   */
  async phone(name, more = {}) {
    const number = `+34600${100_000 + this.#phones++}`;
    return new Phone(this, await this.call("POST", "/phones", { number, name, ...more }));
  }

  /** What happened lately, for people, with the seed. */
  async transcript() {
    return (await fetch(`${this.#ready.control}/transcript`)).text();
  }

  /** @param {object} fault as POST /faults takes it */
  inject(fault) {
    return this.call("POST", "/faults", fault);
  }
}

/** A simulated phone. */
export class Phone {
  /**
   * @param {Simulator} simulator
   * @param {PhoneView} view
   */
  constructor(simulator, view) {
    this.simulator = simulator;
    this.number = view.number;
    this.name = view.name;
    this.jid = view.jid;
    this.lid = view.lid;
  }

  /**
   * @template T
   * @param {string} action last part of the path
   * @param {unknown} [body]
   * @returns {Promise<T>}
   */
  do(action, body = {}) {
    return this.simulator.call("POST", `/phones/${this.number}/${action}`, body);
  }

  /**
   * Waits until the phone shows a message that fits in a chat.
   * @param {Phone | string} peer someone's phone, or a group's JID
   * @param {(message: ChatMessage) => boolean} fits
   */
  async shows(peer, fits) {
    const messages = await eventually(
      `a message on the phone of ${this.name}`,
      () => this.messages(peer),
      (list) => list.some(fits),
    );
    return /** @type {ChatMessage} */ (messages.find(fits));
  }

  /**
   * @template T
   * @param {string} question last part of the path
   * @returns {Promise<T>}
   */
  ask(question) {
    return this.simulator.call("GET", `/phones/${this.number}/${question}`);
  }

  /** @returns {Promise<PhoneView>} */
  view() {
    return this.simulator.call("GET", `/phones/${this.number}`);
  }

  /**
   * Waits until the phone's linked devices have acknowledged all that was for them. The library does so when it is done
   * with a stanza, which is later than it arrives.
   */
  settled() {
    return eventually(
      `empty queues of ${this.name}`,
      () => this.view(),
      ({ devices }) => devices.every(({ waiting }) => waiting === 0),
    );
  }

  /**
   * What the phone shows of a chat.
   * @param {Phone | string} peer someone's phone, or a group's JID
   * @returns {Promise<ChatMessage[]>}
   */
  messages(peer) {
    return this.ask(`messages?peer=${typeof peer === "string" ? peer : peer.number.slice(1)}`);
  }

  /**
   * @param {Phone} peer
   * @param {string} text
   * @returns {Promise<string>} the message's id
   */
  async send(peer, text) {
    const answer = await this.do("send", { to: peer.number, text });
    return /** @type {{ id: string }} */ (answer).id;
  }
}
