// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { S_WHATSAPP_NET } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";

const simulator = await Simulator.forThisFile();

/** The server asks after two minutes. The library does not answer, and the connection lives on all the same. */
test("the server pings a client, which may leave that unanswered", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const client = await Client.linked(simulator, clinic);
  const isPing = (/** @type {import("baileys").BinaryNode} */ { tag, attrs }) =>
    tag === "iq" && attrs.type === "get" && attrs.xmlns === "urn:xmpp:ping";
  const ping = await client.nodes.find("a ping", isPing, 0, 150_000);
  assert.equal(ping.attrs.from, S_WHATSAPP_NET);
  assert.ok(ping.attrs.id);
  await ana.send(clinic, "after the ping");
  await client.text("after the ping");
});
