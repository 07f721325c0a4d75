// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../support/client.js";
import { FirstClient } from "../support/firstclient.js";
import { Simulator } from "../support/simulator.js";

/** Two client libraries that share no code talk to each other through the simulator. */

const { DELIVERY_ACK, READ } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();

test("whatsmeow and Baileys, linked to different phones, talk both ways with receipts", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const first = await FirstClient.linked(simulator, clinic);
  const second = await Client.linked(simulator, ana);
  for (const space of /** @type {const} */ (["jid", "lid"])) {
    const asked = await first.send(ana[space], `from whatsmeow to the ${space}`);
    const question = await second.text(`from whatsmeow to the ${space}`);
    assert.equal(question.key.id, asked);
    assert.equal(question.pushName, "Clinic");
    await first.event("receipt", ({ id, sender }) => id === asked && sender.includes(":1@"));
    await second.socket.readMessages([question.key]);
    await first.receipt(asked, "read");

    const answered = await second.send(clinic[space], { text: `from Baileys to the ${space}` });
    const answer = await first.text(`from Baileys to the ${space}`);
    assert.equal(answer.id, answered);
    await second.status(answered, DELIVERY_ACK);
    first.read(answer);
    await second.status(answered, READ);
    await ana.shows(clinic, ({ id, text }) => id === asked && text === `from whatsmeow to the ${space}`);
    await clinic.shows(ana, ({ id, text }) => id === answered && text === `from Baileys to the ${space}`);
  }
});

test("whatsmeow and Baileys, linked to the same phone, have the same chats", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const first = await FirstClient.linked(simulator, clinic);
  const second = await Client.linked(simulator, clinic);
  const incoming = await ana.send(clinic, "for both of you");
  const message = await first.text("for both of you");
  assert.equal((await second.text("for both of you")).key.id, incoming);

  first.read(message);
  await second.node(
    "own reading",
    ({ tag, attrs }) => tag === "receipt" && attrs.id === incoming && attrs.type === "read",
  );
  const one = await first.send(ana.lid, "answered by whatsmeow");
  const copy = await second.text("answered by whatsmeow");
  assert.deepEqual([copy.key.id, copy.key.fromMe, copy.key.remoteJid], [one, true, ana.lid]);
  await second.status(one, DELIVERY_ACK);

  const other = await second.send(ana.lid, { text: "answered by Baileys" });
  const seen = await first.text("answered by Baileys");
  assert.deepEqual([seen.id, seen.fromMe, seen.chat], [other, true, ana.lid]);
  await ana.do("read", { peer: clinic.number });
  await first.receipt(one, "read");
  await first.receipt(other, "read");
  await second.status(one, READ);
  await second.status(other, READ);
});

test("whatsmeow, Baileys and a phone write in one group", async () => {
  const [clinic, ana, bea] = [
    await simulator.phone("Clinic"),
    await simulator.phone("Ana"),
    await simulator.phone("Bea"),
  ];
  const first = await FirstClient.linked(simulator, clinic);
  const second = await Client.linked(simulator, ana);
  /** @type {{ jid: string }} */
  const { jid } = await bea.do("groups", { subject: "All", members: [clinic.number, ana.number] });
  await first.send(jid, "whatsmeow in the group");
  const message = await second.text("whatsmeow in the group");
  await second.socket.readMessages([message.key]);
  await first.receipt(String(message.key.id), "read");
  const id = await second.send(jid, { text: "Baileys in the group" });
  first.read(await first.text("Baileys in the group"));
  await second.node("read", ({ tag, attrs }) => tag === "receipt" && attrs.id === id && attrs.type === "read");
  await bea.do("send", { to: jid, text: "a phone in the group" });
  await first.text("a phone in the group");
  await second.text("a phone in the group");
  await bea.shows(jid, ({ text }) => text === "whatsmeow in the group");
  await bea.shows(jid, ({ text }) => text === "Baileys in the group");
});
