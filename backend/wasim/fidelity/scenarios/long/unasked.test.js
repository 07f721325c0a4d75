// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { bytesOf, holds, notifies, within } from "../../support/stanzas.js";

/** What the phone and the server do without being asked. */

const { DELIVERY_ACK } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);

test("the client has its name, so that it sends its presence and its receipts are active", async () => {
  assert.equal(client.creds.me?.name, "Clinic");
  await client.socket.sendPresenceUpdate("available");
  const id = await ana.send(clinic, "seen by someone who is there");
  await client.text("seen by someone who is there");
  await client.node(
    "ack of the receipt",
    ({ tag, attrs }) => tag === "ack" && attrs.class === "receipt" && attrs.id === id,
  );
  const path = `/ledger?deliveries=1&linked=1&id=${id}`;
  const deliveries = /** @type {{ receipts: object }[]} */ (await simulator.call("GET", path));
  assert.deepEqual(
    deliveries.map(({ receipts }) => receipts),
    [{ delivered: 1 }],
  );
});

test("the phone sends a message again that the client could not read", async () => {
  const id = await ana.send(clinic, "read badly");
  const { key } = await client.text("read badly");
  const since = client.mark();
  await client.socket.requestPlaceholderResend(key);
  const again = await client.message((message) => message.key.id === id, since);
  assert.equal(again.message?.conversation, "read badly");
});

test("after a login: the edge, what is dirty, thread metadata, and the queue with its preview and end", async () => {
  await client.disconnect();
  await ana.send(clinic, "while you were away");
  const since = client.mark();
  await client.reconnect();
  await client.text("while you were away");
  for (const child of ["edge_routing", "thread_metadata", "offline_preview", "offline"]) {
    await client.node(child, (node) => holds(node, "ib", child), since);
  }
  const routing = await client.node("routing", (node) => holds(node, "ib", "edge_routing"), since);
  assert.deepEqual(bytesOf(routing, "edge_routing", "routing_info"), client.creds.routingInfo);
  const end = await client.node("offline", (node) => holds(node, "ib", "offline"), since);
  assert.ok(Number(within(end, "offline").attrs.count) >= 1);
});

test("what is dirty is told at every login until the client has called it clean", async () => {
  const bea = await simulator.phone("Bea");
  const other = await Client.linked(simulator, bea);
  for (const type of ["account_sync", "groups", "syncd_app_state"]) {
    await other.node(
      `dirty ${type}`,
      (node) => holds(node, "ib", "dirty") && within(node, "dirty").attrs.type === type,
    );
  }
  await bea.do("groups", { subject: "New", members: [ana.number] });
  await other.disconnect();
  await bea.do("groups", { subject: "Newer", members: [ana.number] });
  const since = other.mark();
  await other.reconnect();
  await other.node(
    "dirty groups",
    (node) => holds(node, "ib", "dirty") && within(node, "dirty").attrs.type === "groups",
    since,
  );
  await other.next("groups.update", (groups) => groups.some(({ subject }) => subject === "Newer"), since);
});

test("no batch of queued stanzas is waited for", async () => {
  const carla = await simulator.phone("Carla");
  const other = await Client.linked(simulator, carla);
  await other.disconnect();
  await ana.do("burst", { to: carla.number, prefix: "batch", count: 250 });
  const since = other.mark();
  await other.reconnect();
  const end = await other.node("offline", (node) => holds(node, "ib", "offline"), since);
  const position = other.nodes.entries.indexOf(end);
  const queued = other.nodes.entries
    .slice(since.nodes, position)
    .filter(({ tag, attrs }) => tag === "message" && attrs.category !== "peer");
  assert.equal(queued.length, 250);
  await other.text("batch 250");
});

test("encrypt/identity: contacts hear that a phone was installed again, and go on talking", async () => {
  const dora = await simulator.phone("Dora");
  await client.status(await client.send(dora.lid, { text: "to the old installation" }), DELIVERY_ACK);
  const since = client.mark();
  await dora.do("reinstall");
  const news = await client.node("identity", (node) => notifies(node, "encrypt", "identity"), since);
  assert.ok([dora.lid, dora.jid].includes(String(news.attrs.from)));
  await clinic.settled();
  const id = await client.send(dora.lid, { text: "to the new installation" });
  await dora.shows(clinic, (message) => message.id === id);
  await dora.send(clinic, "from the new installation");
  await client.text("from the new installation");
});
