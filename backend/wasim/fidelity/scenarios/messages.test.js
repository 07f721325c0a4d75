// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { holds, within } from "../support/stanzas.js";

const { DELIVERY_ACK, READ } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();
const [clinic, ana, bea] = [
  await simulator.phone("Clinic"),
  await simulator.phone("Ana"),
  await simulator.phone("Bea", { addressing: "pn" }),
];
const client = await Client.linked(simulator, clinic);

for (const [peer, space] of /** @type {const} */ ([
  [ana, "LID"],
  [bea, "phone number"],
])) {
  test(`texts both ways with delivered and read receipts, by ${space}`, async () => {
    await peer.send(clinic, `from ${peer.name}`);
    const received = await client.text(`from ${peer.name}`);
    assert.equal(received.pushName, peer.name);
    assert.equal(received.key.fromMe, false);
    assert.equal(received.key.remoteJid, space === "LID" ? peer.lid : peer.jid);
    await peer.shows(clinic, ({ text, state }) => text === `from ${peer.name}` && state === "delivered");
    await client.socket.readMessages([received.key]);
    await peer.shows(clinic, ({ text, state }) => text === `from ${peer.name}` && state === "read");

    const id = await client.send(space === "LID" ? peer.lid : peer.jid, { text: `to ${peer.name}` });
    await client.status(id, DELIVERY_ACK);
    await peer.shows(clinic, ({ text }) => text === `to ${peer.name}`);
    await clinic.shows(peer, ({ text, fromMe }) => fromMe && text === `to ${peer.name}`);
    await peer.do("read", { peer: clinic.number });
    await client.status(id, READ);
  });
}

test("a linked device sees what its phone writes", async () => {
  const id = await clinic.send(ana, "from the phone");
  const own = await client.text("from the phone");
  assert.equal(own.key.id, id);
  assert.equal(own.key.fromMe, true);
  assert.equal(own.key.remoteJid, ana.lid);
});

test("two linked devices of different accounts talk", async () => {
  const carla = await simulator.phone("Carla");
  const other = await Client.linked(simulator, carla);
  const id = await client.send(carla.jid, { text: "hello Carla" });
  const hello = await other.text("hello Carla");
  await other.socket.readMessages([hello.key]);
  await client.status(id, READ);
  const answer = await other.send(clinic.jid, { text: "hello clinic" });
  const received = await client.text("hello clinic");
  await client.socket.readMessages([received.key]);
  await other.status(answer, READ);
});

test("nothing of this is strange to the library", () => {
  // The restart after linking is an error to it; it is nameless until its phone's name comes; and what a server answers
  // about the LID of somebody who was asked for by the LID is not known.
  const usual = /^(stream errored out|no name present, ignoring presence update request|Invalid LID-PN mapping)/;
  assert.deepEqual(
    client.complaints.filter((complaint) => !usual.test(complaint)),
    [],
  );
});

test("what arrives while the client is away waits for it, in order and once", async () => {
  await client.disconnect();
  /** @type {{ ids: string[] }} */
  const { ids } = await ana.do("burst", { to: clinic.number, prefix: "queued", count: 120 });
  const since = client.mark();
  await client.reconnect();
  const preview = await client.node("offline preview", (node) => holds(node, "ib", "offline_preview"), since);
  assert.equal(within(preview, "offline_preview").attrs.message, "120");
  const end = await client.node("end of the queue", (node) => holds(node, "ib", "offline"), since);
  const arrived = client.nodes.entries
    .slice(since.nodes, client.nodes.entries.indexOf(end))
    .filter(({ tag }) => tag === "message");
  assert.deepEqual(
    arrived.map(({ attrs }) => attrs.id),
    ids,
  );
  await client.text("queued 120");
  await clinic.settled();
});
