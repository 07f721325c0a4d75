// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { eventually } from "../support/waiting.js";

const simulator = await Simulator.forThisFile();

test("a phone scans the QR code and the client is linked and logged in", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const { devices } = await clinic.view();
  assert.deepEqual(
    devices.map(({ id, connected }) => [id, connected]),
    [[1, true]],
  );
  assert.equal(client.creds.me?.id, clinic.jid.replace("@", ":1@"));
  assert.equal(client.creds.me?.lid, clinic.lid.replace("@", ":1@"));
  assert.equal(client.creds.platform, "android");
});

test("the phone's owner types the code that the client shows", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = new Client(simulator);
  const code = await showCode(client, clinic);
  assert.match(code, /^[1-9A-HJ-NP-TV-Z]{8}$/);
  await clinic.do("enter-code", { code });
  await client.afterPairing();
  assert.equal(client.creds.me?.id, clinic.jid.replace("@", ":1@"));
  assert.equal(client.creds.registered, true);
});

test("a wrong code links nothing, and the right one still does", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = new Client(simulator);
  const code = await showCode(client, clinic);
  await assert.rejects(clinic.do("enter-code", { code: code === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA" }), /409|400/);
  assert.deepEqual((await clinic.view()).devices, []);
  await clinic.do("enter-code", { code });
  await client.afterPairing();
});

test("a code can be scanned once", async () => {
  const [clinic, other] = [await simulator.phone("Clinic"), await simulator.phone("Other")];
  const client = new Client(simulator);
  client.connect();
  const qr = await client.qr();
  await clinic.do("scan", { qr });
  await client.afterPairing();
  await assert.rejects(other.do("scan", { qr }), /409/);
});

test("a fifth device is refused by the phone", async () => {
  const clinic = await simulator.phone("Clinic");
  for (let device = 1; device <= 4; device++) await Client.linked(simulator, clinic);
  const fifth = new Client(simulator);
  fifth.connect();
  await assert.rejects(clinic.do("scan", { qr: await fifth.qr() }), /409/);
});

test("the client logs in again with what it saved, and uploads no key twice", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const preKeys = async () => (await clinic.view()).devices[0]?.preKeys;
  const before = await preKeys();
  assert.ok(Number(before) > 800);
  const { nextPreKeyId } = client.creds;
  await client.disconnect();
  await client.reconnect();
  assert.equal(client.creds.nextPreKeyId, nextPreKeyId);
  assert.equal(await preKeys(), before);
});

/**
 * Lets a new client ask for a code and waits until the phone could be told.
 * @param {Client} client
 * @param {import("../support/simulator.js").Phone} phone
 */
async function showCode(client, phone) {
  client.connect();
  await client.qr();
  const code = await client.socket.requestPairingCode(phone.number.slice(1));
  await eventually(
    "a client that shows a code",
    () => phone.ask("link-requests"),
    (requests) => /** @type {unknown[]} */ (requests).length > 0,
  );
  return code;
}
