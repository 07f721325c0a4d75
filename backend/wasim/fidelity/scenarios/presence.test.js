// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";

const { READ } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);

test("point 11: presence travels between clients", async () => {
  await client.present("available");
  await client.socket.presenceSubscribe(ana.lid);
  await client.next("presence.update", ({ id }) => id === ana.lid);
  for (const presence of /** @type {const} */ (["available", "unavailable", "available"])) {
    const since = client.mark();
    await other.socket.sendPresenceUpdate(presence);
    await client.next(
      "presence.update",
      ({ id, presences }) => id === ana.lid && presences[ana.lid]?.lastKnownPresence === presence,
      since,
    );
  }
});

test("point 11: typing travels between clients, as typing, recording and stopping", async () => {
  await client.present("available");
  for (const [sent, shown] of /** @type {const} */ ([
    ["composing", "composing"],
    ["recording", "recording"],
    ["paused", "available"],
  ])) {
    const since = client.mark();
    await other.socket.sendPresenceUpdate(sent, clinic.lid);
    await client.next("presence.update", ({ presences }) => presences[ana.lid]?.lastKnownPresence === shown, since);
  }
});

test("point 11: typing is not told to a client that is not in use", async () => {
  await client.present("unavailable");
  const since = client.mark();
  await other.socket.sendPresenceUpdate("composing", clinic.lid);
  await other.send(clinic.lid, { text: "typed" });
  await client.text("typed");
  assert.equal(client.nodes.entries.slice(since.nodes).filter(({ tag }) => tag === "chatstate").length, 0);
});

test("point 10: what one device has read, the account's other devices have read", async () => {
  const second = await Client.linked(simulator, clinic);
  const id = await ana.send(clinic, "read me once");
  const message = await client.text("read me once");
  await second.text("read me once");
  const since = second.mark();
  await client.socket.readMessages([message.key]);
  const receipt = await second.node("own reading", ({ tag, attrs }) => tag === "receipt" && attrs.id === id, since);
  assert.equal(receipt.attrs.type, "read");
  assert.equal(receipt.attrs.from, clinic.lid);
  assert.equal(receipt.attrs.recipient, ana.lid);
  await second.next(
    "messages.update",
    (updates) => updates.some(({ key, update }) => key.id === id && update.status === READ),
    since,
  );
  await clinic.shows(ana, (shown) => shown.id === id && shown.read);
});
