// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { getBinaryNodeChildren, proto } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { notifies, within } from "../support/stanzas.js";

const { DELIVERY_ACK } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();

test("point 7: a companion linked after the first message gets the later ones", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const client = await Client.linked(simulator, clinic);
  await client.status(await client.send(ana.jid, { text: "before the companion" }), DELIVERY_ACK);

  const since = client.mark();
  const companion = await Client.linked(simulator, ana);
  const news = await client.node("news of a device", (node) => notifies(node, "devices", "add"), since);
  assert.equal(news.attrs.from, ana.lid);
  const added = within(news, "add");
  assert.ok(added.attrs.device_hash);
  assert.equal(within(added, "device").attrs.jid, ana.lid.replace("@", ":1@"));
  assert.ok(within(added, "key-index-list").attrs.ts);

  await clinic.settled();
  const id = await client.send(ana.jid, { text: "after the companion" });
  assert.equal((await companion.text("after the companion")).key.id, id);

  const then = client.mark();
  await ana.do("unlink", { device: 1 });
  const gone = await client.node("news of a device", (node) => notifies(node, "devices", "remove"), then);
  assert.equal(within(gone, "remove", "device").attrs.jid, ana.lid.replace("@", ":1@"));
  await clinic.settled();
  await client.status(await client.send(ana.jid, { text: "to the phone alone" }), DELIVERY_ACK);
});

test("point 7: an account's own devices hear of each other", async () => {
  const clinic = await simulator.phone("Clinic");
  const first = await Client.linked(simulator, clinic);
  const since = first.mark();
  const second = await Client.linked(simulator, clinic);
  const news = await first.node("own devices", (node) => notifies(node, "account_sync", "devices"), since);
  const devices = within(news, "devices");
  assert.ok(devices.attrs.dhash);
  assert.deepEqual(
    getBinaryNodeChildren(devices, "device").map(({ attrs }) => attrs.jid),
    [clinic.jid, clinic.jid.replace("@", ":1@"), clinic.jid.replace("@", ":2@")],
  );
  await first.send(clinic.jid, { text: "note to self" });
  await second.text("note to self");
});

test("point 7: a sender that missed a device learns it from the ack", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const stale = new StaleDevices();
  const client = await Client.linked(simulator, clinic, { userDevicesCache: stale });
  const complete = await client.send(ana.jid, { text: "to everyone" });
  stale.freeze();
  await Client.linked(simulator, ana);
  const missed = await client.send(ana.jid, { text: "not to everyone" });
  assert.match(String((await acknowledged(client, missed)).attrs.phash), /^2:/);
  assert.equal((await acknowledged(client, complete)).attrs.phash, undefined);
});

/**
 * The ack of a message.
 * @param {Client} client
 * @param {string} id
 */
function acknowledged(client, id) {
  return client.node("ack", ({ tag, attrs }) => tag === "ack" && attrs.class === "message" && attrs.id === id);
}

/** The library's cache of other people's devices, which can be told to learn nothing any more. */
class StaleDevices {
  /** @type {Map<string, unknown>} */
  #lists = new Map();
  #frozen = false;

  freeze() {
    this.#frozen = true;
  }

  /**
   * @template T
   * @param {string} key
   */
  get(key) {
    return /** @type {T | undefined} */ (this.#lists.get(key));
  }

  /**
   * @param {string} key
   * @param {unknown} list
   */
  set(key, list) {
    if (!this.#frozen) this.#lists.set(key, structuredClone(list));
    return true;
  }

  /** @param {string} key */
  del(key) {
    if (!this.#frozen) this.#lists.delete(key);
  }

  flushAll() {
    this.#lists.clear();
  }
}
