// @ts-check
import { after } from "node:test";

import { DisconnectReason, makeWASocket, proto, WA_CERT_DETAILS } from "baileys";

import { plainAgent } from "./loopback.js";
import { Session } from "./session.js";
import { Journal } from "./waiting.js";

/**
 * @typedef {import("baileys").BaileysEventMap} EventMap
 * @typedef {import("baileys").BinaryNode} Node
 * @typedef {import("baileys").WAMessage} Message
 * @typedef {{ [K in keyof EventMap]: { name: K, value: EventMap[K] } }[keyof EventMap]} Event
 * @typedef {Partial<import("baileys").UserFacingSocketConfig>} Config
 * @typedef {{ events: number, nodes: number }} Mark
 */

const { RECENT } = proto.HistorySync.HistorySyncType;

/** One linked device that runs the client library, over any number of connections. */
export class Client {
  /** Everything that the library told, in order. @type {Journal<Event>} */
  events = new Journal();
  /** Every stanza that arrived, in order, as the library decoded it. @type {Journal<Node>} */
  nodes = new Journal();
  /** Sent messages by id, for the library's answers to retries. @type {Map<string, import("baileys").proto.IMessage>} */
  sent = new Map();

  /** What the library warned of or called an error. @type {string[]} */
  complaints = [];

  #simulator;
  #session = new Session();
  #config;
  /** @type {import("baileys").WASocket | undefined} */
  #socket;

  /**
   * @param {import("./simulator.js").Simulator} simulator
   * @param {Config} [config] differences from the library's defaults
   */
  constructor(simulator, config = {}) {
    this.#simulator = simulator;
    this.#config = config;
    after(() => this.disconnect());
  }

  /**
   * A client that is linked to a phone by QR code, logged in, and has its history.
   * @param {import("./simulator.js").Simulator} simulator
   * @param {import("./simulator.js").Phone} phone
   * @param {Config} [config]
   */
  static async linked(simulator, phone, config) {
    const client = new Client(simulator, config);
    client.connect();
    await phone.do("scan", { qr: await client.qr() });
    await client.afterPairing();
    return client;
  }

  /** The current connection of the library. */
  get socket() {
    if (!this.#socket) throw new Error("the client is not connected");
    return this.#socket;
  }

  /** The credentials as the library has them now. */
  get creds() {
    return this.socket.authState.creds;
  }

  /** Starts a connection, without waiting for it. */
  connect() {
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(this.#simulator.rootKey, "base64");
    const socket = makeWASocket({
      auth: this.#session.load(),
      waWebSocketUrl: this.#simulator.endpoint,
      fetchAgent: plainAgent(this.#simulator.port),
      logger: listeningLogger(this.complaints),
      appStateMacVerification: { patch: true, snapshot: true },
      getMessage: async ({ id }) => this.sent.get(id ?? ""),
      ...this.#config,
    });
    this.#socket = socket;
    socket.ev.process((events) => {
      if (events["creds.update"]) this.#session.save(socket.authState.creds);
      for (const [name, value] of Object.entries(events)) this.events.add(/** @type {Event} */ ({ name, value }));
    });
    socket.ws.on("frame", (frame) => {
      if (!(frame instanceof Uint8Array)) this.nodes.add(frame);
    });
  }

  /** Sets the presence and returns once the server has it: another connection could be faster than this one. */
  async present(/** @type {import("baileys").WAPresence} */ presence) {
    await this.socket.sendPresenceUpdate(presence);
    await this.socket.query({ tag: "iq", attrs: { to: "s.whatsapp.net", type: "get", xmlns: "w:p" } });
  }

  /** What has arrived until now, so that a test can wait for what comes later. */
  mark() {
    return { events: this.events.entries.length, nodes: this.nodes.entries.length };
  }

  /** Waits for the restart that a new link begins with, logs in and waits until the phone has told all it tells first. */
  async afterPairing() {
    const closed = await this.closed();
    if (closed !== DisconnectReason.restartRequired) throw new Error(`pairing ended with ${closed}`);
    await this.reconnect();
    await this.next("messaging-history.set");
    await this.next("creds.update", ({ accountSyncCounter }) => accountSyncCounter === 1);
    await this.next("messaging-history.status", ({ syncType, status }) => syncType === RECENT && status === "complete");
  }

  /** Logs in again and waits until what was queued has arrived. */
  async reconnect() {
    const since = this.mark();
    this.connect();
    await this.next("connection.update", ({ connection }) => connection === "open", since);
    await this.next(
      "connection.update",
      ({ receivedPendingNotifications }) => receivedPendingNotifications === true,
      since,
    );
  }

  /** Ends the connection from this side. */
  async disconnect() {
    await this.#socket?.end(undefined);
  }

  /** The code that the client shows next. */
  async qr() {
    const update = await this.next("connection.update", ({ qr }) => qr !== undefined);
    return /** @type {string} */ (update.qr);
  }

  /**
   * Waits for the end of a connection and returns its status, as DisconnectReason names them.
   * @param {Mark} [since]
   */
  async closed(since) {
    const { lastDisconnect } = await this.next("connection.update", ({ connection }) => connection === "close", since);
    const error = /** @type {{ output?: { statusCode: number } } | undefined} */ (lastDisconnect?.error);
    return error?.output?.statusCode;
  }

  /**
   * The first event of a kind that fits.
   * @template {keyof EventMap} K
   * @param {K} name
   * @param {(value: EventMap[K]) => boolean} [fits]
   * @param {Mark} [since]
   * @returns {Promise<EventMap[K]>}
   */
  async next(name, fits = () => true, since) {
    const matches = (/** @type {Event} */ event) =>
      event.name === name && fits(/** @type {EventMap[K]} */ (event.value));
    const found = await this.events.find(`event ${name}`, matches, since?.events);
    return /** @type {EventMap[K]} */ (found.value);
  }

  /**
   * A message that arrived, live or from the queue.
   * @param {(message: Message) => boolean} fits
   * @param {Mark} [since]
   * @returns {Promise<Message>}
   */
  async message(fits, since) {
    const { messages } = await this.next("messages.upsert", (value) => value.messages.some(fits), since);
    return /** @type {Message} */ (messages.find(fits));
  }

  /**
   * A message that arrived with a text.
   * @param {string} text
   */
  text(text) {
    return this.message(({ message }) => text === (message?.conversation ?? message?.extendedTextMessage?.text));
  }

  /**
   * A stanza that arrived.
   * @param {string} what for the error
   * @param {(node: Node) => boolean} fits
   * @param {Mark} [since]
   */
  node(what, fits, since) {
    return this.nodes.find(what, fits, since?.nodes);
  }

  /**
   * Sends a message and remembers it for retries.
   * @param {string} to
   * @param {import("baileys").AnyMessageContent} content
   * @param {import("baileys").MiscMessageGenerationOptions} [options]
   */
  async send(to, content, options) {
    const message = await this.socket.sendMessage(to, content, options);
    const id = message?.key.id;
    if (!message?.message || !id) throw new Error("nothing was sent");
    this.sent.set(id, message.message);
    return id;
  }

  /**
   * Waits until a sent message has at least a status. The library folds a status that comes at once into the message.
   * @param {string} id
   * @param {number} status as proto.WebMessageInfo.Status numbers them
   */
  async status(id, status) {
    await this.events.find(`status ${status} of ${id}`, ({ name, value }) => {
      if (name === "messages.update")
        return value.some(({ key, update }) => key.id === id && (update.status ?? 0) >= status);
      if (name !== "messages.upsert") return false;
      return value.messages.some((message) => message.key.id === id && Number(message.status ?? 0) >= status);
    });
  }
}

const nothing = () => undefined;

// The library's Signal sessions print themselves, keys included.
Object.assign(console, { info: nothing, warn: nothing, error: nothing });

/**
 * The library's own log. What it calls a warning or an error is kept, the rest is not needed.
 * @param {string[]} complaints
 * @returns {import("baileys").WASocket["logger"]}
 */
function listeningLogger(complaints) {
  const keep = (/** @type {unknown} */ about, /** @type {string | undefined} */ text) => {
    complaints.push(text ?? String(about));
  };
  const logger = {
    level: "warn",
    child: () => logger,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: keep,
    error: keep,
  };
  return logger;
}
