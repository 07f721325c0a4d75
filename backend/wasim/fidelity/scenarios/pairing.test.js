// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";

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
