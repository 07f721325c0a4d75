// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { getBinaryNodeChild, proto } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";

const { DELIVERY_ACK } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);

test("the client asks a phone again for what it cannot decrypt", async () => {
  await simulator.inject({ kind: "corrupt_message", number: clinic.number, count: 1 });
  const id = await ana.send(clinic, "damaged on its way");
  const message = await client.text("damaged on its way");
  assert.equal(message.key.id, id);
  await ana.shows(clinic, (shown) => shown.id === id && shown.state === "delivered");
});

test("point 1: a message that is sent again to everyone reaches the device that asked, and no other twice", async () => {
  const other = await Client.linked(simulator, ana);
  await ana.do("own-network", { on: false });
  await simulator.inject({ kind: "corrupt_message", number: ana.number, phone: true, count: 1 });
  const id = await client.send(ana.jid, { text: "for all your devices" });
  await other.text("for all your devices");
  await ana.settled();
  await ana.do("own-network", { on: true });
  await client.node("retry", ({ tag, attrs }) => tag === "receipt" && attrs.type === "retry" && attrs.id === id);
  await ana.shows(clinic, (shown) => shown.id === id);
  await client.send(ana.jid, { text: "the next one" });
  await other.text("the next one");
  const copies = other.nodes.entries.filter(({ tag, attrs }) => tag === "message" && attrs.id === id);
  assert.equal(copies.length, 1);
});

test("point 2: a companion's retry receipt reaches the author's companion with its keys", async () => {
  const bea = await simulator.phone("Bea");
  const other = await Client.linked(simulator, bea);
  await simulator.inject({ kind: "corrupt_message", number: bea.number, count: 2 });
  const id = await client.send(bea.jid, { text: "twice damaged" });
  await other.text("twice damaged");
  await client.status(id, DELIVERY_ACK);
  const asked = client.nodes.entries.filter(
    ({ tag, attrs }) => tag === "receipt" && attrs.type === "retry" && attrs.id === id,
  );
  assert.equal(asked.length, 2);
  for (const receipt of asked) {
    assert.match(String(receipt.attrs.from), /:1@/);
    assert.ok(getBinaryNodeChild(receipt, "registration"));
  }
  assert.deepEqual(
    asked.map((receipt) => getBinaryNodeChild(receipt, "retry")?.attrs.count),
    ["1", "2"],
  );
  const last = asked[1];
  assert.ok(last && getBinaryNodeChild(last, "keys"));
});
