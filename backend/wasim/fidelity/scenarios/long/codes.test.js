// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { DisconnectReason } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";

/** Codes are good for two seconds more than clients show them, so the first of these is over after two seconds. */
const simulator = await Simulator.forThisFile(["--qr-lifetime", "50ms,60s"]);
const shortlived = await Simulator.forThisFile(["--qr-lifetime", "50ms"]);

test("point 13: a code that has expired links nothing, the next one does", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = new Client(simulator, { qrTimeout: 2500 });
  client.connect();
  const first = await client.qr();
  const { qr: second } = await client.next("connection.update", ({ qr }) => qr !== undefined && qr !== first);
  await assert.rejects(clinic.do("scan", { qr: first }), /409/);
  await clinic.do("scan", { qr: second });
  await client.afterPairing();
});

test("point 13: when all codes have expired the stream is ended in an orderly way", async () => {
  const client = new Client(shortlived);
  client.connect();
  await client.qr();
  assert.equal(await client.closed(), DisconnectReason.connectionClosed);
  assert.equal(client.nodes.entries.at(-1)?.tag, "xmlstreamend");
});

test("point 13: a client that ends its stream has it ended", async () => {
  const client = await Client.linked(simulator, await simulator.phone("Clinic"));
  const since = client.mark();
  await client.socket.sendNode({ tag: "xmlstreamend", attrs: {} });
  assert.equal(await client.closed(since), DisconnectReason.connectionClosed);
  assert.equal(client.nodes.entries.at(-1)?.tag, "xmlstreamend");
});

test("point 13: an outdated client version is refused with 405", async () => {
  const client = new Client(simulator, { version: [2, 2200, 1] });
  client.connect();
  assert.equal(await client.closed(), 405);
  await client.node("failure", ({ tag, attrs }) => tag === "failure" && attrs.reason === "405");
});
