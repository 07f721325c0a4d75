// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { eventually } from "../../support/waiting.js";

const { FULL, INITIAL_BOOTSTRAP, ON_DEMAND, PUSH_NAME, RECENT } = proto.HistorySync.HistorySyncType;
const simulator = await Simulator.forThisFile();

test("after linking, the phone shares the key of the app state and its history", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  await ana.send(clinic, "before the link");
  await clinic.send(ana, "answered before the link");
  const client = await Client.linked(simulator, clinic);
  await client.message(({ message }) => Boolean(message?.protocolMessage?.appStateSyncKeyShare?.keys?.length));
  await told(client, INITIAL_BOOTSTRAP, RECENT, PUSH_NAME);
  const { chats, messages, contacts, mappings } = history(client);
  assert.deepEqual([...chats], [ana.lid]);
  assert.deepEqual([...messages.values()].sort(), ["answered before the link", "before the link"]);
  assert.ok(contacts.has("Ana"));
  assert.equal(mappings.get(ana.lid), ana.jid);
});

test("a long history comes in chunks, each message once", async () => {
  const clinic = await simulator.phone("Clinic");
  await clinic.do("history", { chats: 60, messages: 6000, days: 80 });
  const client = await Client.linked(simulator, clinic);
  await eventually(
    "6000 messages",
    async () => history(client),
    ({ messages }) => messages.size === 6000,
  );
  const { chats, delivered } = history(client);
  assert.equal(chats.size, 60);
  assert.equal(delivered, 6000);
  const orders = notices(client).filter(({ syncType }) => syncType === RECENT);
  assert.ok(orders.length >= 3);
  const progress = orders.map((notice) => Number(notice.progress));
  assert.deepEqual(
    progress,
    [...progress].sort((a, b) => a - b),
  );
  assert.equal(progress.at(-1), 100);
});

test("a client that wants all of it gets what is older too", async () => {
  const clinic = await simulator.phone("Clinic");
  await clinic.do("history", { chats: 10, messages: 800, days: 700 });
  const client = await Client.linked(simulator, clinic, { shouldSyncHistoryMessage: () => true });
  await told(client, FULL);
  const chunks = /** @type {{ type: string, messages: number }[]} */ (await clinic.ask("history"));
  const sum = (/** @type {typeof chunks} */ list) => list.reduce((total, { messages }) => total + messages, 0);
  assert.ok(sum(chunks.filter(({ type }) => type === "FULL")) > 0);
  await eventually(
    "all messages",
    async () => history(client).messages.size,
    (size) => size === sum(chunks),
  );
});

test("older messages of a chat come on demand", async () => {
  const clinic = await simulator.phone("Clinic");
  await clinic.do("history", { chats: 3, messages: 600, days: 700 });
  const client = await Client.linked(simulator, clinic);
  await told(client, RECENT);
  const { oldest } = history(client);
  const [first] = [...oldest.values()];
  assert.ok(first?.key);
  const since = client.mark();
  const request = await client.socket.fetchMessageHistory(20, first.key, Number(first.messageTimestamp));
  const { messages } = await client.next("messaging-history.set", ({ syncType }) => syncType === ON_DEMAND, since);
  const notice = notices(client).find(({ syncType }) => syncType === ON_DEMAND);
  assert.equal(notice?.peerDataRequestSessionId, request);
  assert.equal(messages.length, 20);
  for (const { key, messageTimestamp } of messages) {
    assert.equal(key.remoteJid, first.key.remoteJid);
    assert.ok(Number(messageTimestamp) <= Number(first.messageTimestamp));
  }
});

/**
 * Waits until the phone has announced history of these types.
 * @param {Client} client
 * @param {...proto.HistorySync.HistorySyncType} types
 */
async function told(client, ...types) {
  for (const type of types) {
    await client.message(({ message }) => message?.protocolMessage?.historySyncNotification?.syncType === type);
  }
  await client.next("messaging-history.set");
}

/**
 * What the phone has announced, in order.
 * @param {Client} client
 */
function notices(client) {
  return client.events.entries.flatMap(({ name, value }) =>
    name === "messages.upsert"
      ? value.messages.flatMap(({ message }) => message?.protocolMessage?.historySyncNotification ?? [])
      : [],
  );
}

/**
 * All history that the library has told so far; it puts several chunks into one event when they come at once.
 * @param {Client} client
 */
function history(client) {
  /** @type {Set<string | null | undefined>} */
  const chats = new Set();
  /** @type {Map<string | null | undefined, string | null | undefined>} */
  const messages = new Map();
  /** @type {Map<string, import("baileys").WAMessage>} */
  const oldest = new Map();
  const contacts = new Set();
  const mappings = new Map();
  let delivered = 0;
  for (const { name, value } of client.events.entries) {
    if (name !== "messaging-history.set") continue;
    for (const { id } of value.chats) chats.add(id);
    for (const { notify } of value.contacts) contacts.add(notify);
    for (const { lid, pn } of value.lidPnMappings ?? []) mappings.set(lid, pn);
    for (const message of value.messages) {
      delivered++;
      messages.set(message.key.id, message.message?.conversation);
      const chat = String(message.key.remoteJid);
      const known = oldest.get(chat);
      if (!known || Number(known.messageTimestamp) >= Number(message.messageTimestamp)) oldest.set(chat, message);
    }
  }
  return { chats, messages, oldest, contacts, mappings, delivered };
}
