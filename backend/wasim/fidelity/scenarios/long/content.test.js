// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { decryptPollVote, extractMessageContent, proto } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";

/**
 * What the phone shows of a message.
 * @typedef {import("../../support/simulator.js").ChatMessage & {
 *   kind: string, quoted?: string, forwarded?: number, viewOnce?: boolean, expiration?: number, edited?: boolean,
 *   pinned?: boolean, reactions?: Record<string, string>, place?: { latitude: number, longitude: number, name: string },
 *   cards?: { name: string, vcard: string }[],
 *   poll?: { question: string, options: string[], votes?: Record<string, string[]> },
 * }} Shown
 */

const { EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const card = "BEGIN:VCARD\nVERSION:3.0\nFN:Dr. Sol\nTEL;type=CELL;waid=34600000099:+34 600 000 099\nEND:VCARD";

test("answers, in both directions", async () => {
  const asked = await ana.send(clinic, "at what time?");
  const question = await client.text("at what time?");
  const answered = await client.send(ana.lid, { text: "at ten" }, { quoted: question });
  assert.equal((await shown(answered)).quoted, asked);
  const { id } = await write({ text: "fine", reply: answered });
  const reply = (await received(id))?.extendedTextMessage;
  assert.equal(reply?.text, "fine");
  assert.equal(reply?.contextInfo?.stanzaId, answered);
  assert.equal(reply?.contextInfo?.quotedMessage?.extendedTextMessage?.text, "at ten");
});

test("reactions, edits and deletions by the client", async () => {
  const asked = await ana.send(clinic, "see you?");
  const { key } = await client.text("see you?");
  await client.send(ana.lid, { react: { text: "👍", key } });
  await shown(asked, ({ reactions }) => reactions?.[clinic.number] === "👍");
  await client.send(ana.lid, { react: { text: "", key } });
  await shown(asked, ({ reactions }) => !reactions?.[clinic.number]);
  const id = await client.send(ana.lid, { text: "see you at 10" });
  const own = { remoteJid: ana.lid, fromMe: true, id };
  await client.send(ana.lid, { text: "see you at 11", edit: own });
  await shown(id, ({ text, edited }) => text === "see you at 11" && edited === true);
  await client.send(ana.lid, { pin: own, type: proto.PinInChat.Type.PIN_FOR_ALL, time: 86_400 });
  await shown(id, ({ pinned }) => pinned === true);
  await client.send(ana.lid, { delete: own });
  await shown(id, ({ kind }) => kind === "deleted");
});

test("reactions, edits and deletions by the phone", async () => {
  const id = await client.send(ana.lid, { text: "done" });
  await shown(id);
  await ana.do("react", { peer: clinic.number, id, emoji: "🎉" });
  await client.next("messages.reaction", (list) =>
    list.some(({ key, reaction }) => key.id === id && reaction.text === "🎉"),
  );
  const asked = await ana.send(clinic, "one more thing");
  await client.text("one more thing");
  await ana.do("edit", { peer: clinic.number, id: asked, text: "two more things" });
  await client.next("messages.update", (updates) =>
    updates.some(
      ({ key, update }) => key.id === asked && textOf(update.message?.editedMessage?.message) === "two more things",
    ),
  );
  await ana.do("delete", { peer: clinic.number, id: asked });
  await client.next("messages.update", (updates) =>
    updates.some(({ key, update }) => key.id === asked && update.message === null),
  );
});

test("forwarded texts, in both directions", async () => {
  const { id } = await write({ text: "read this", forwarded: 5 });
  const message = await client.message(({ key }) => key.id === id);
  const context = message.message?.extendedTextMessage?.contextInfo;
  assert.equal(context?.forwardingScore, 5);
  assert.equal(context?.isForwarded, true);
  const own = await client.send(ana.lid, { forward: message, force: true });
  assert.equal((await shown(own)).forwarded, 6);
});

test("locations, in both directions", async () => {
  const { id } = await write({ kind: "location", place: { latitude: 41.5, longitude: 2.25, name: "Clinic Sol" } });
  const location = (await received(id))?.locationMessage;
  assert.deepEqual([location?.degreesLatitude, location?.degreesLongitude, location?.name], [41.5, 2.25, "Clinic Sol"]);
  const place = { degreesLatitude: 40.25, degreesLongitude: -3.5, name: "The other clinic" };
  const own = await shown(await client.send(ana.lid, { location: place }));
  assert.equal(own.kind, "location");
  assert.deepEqual([own.place?.latitude, own.place?.longitude, own.place?.name], [40.25, -3.5, "The other clinic"]);
});

test("people's cards, in both directions", async () => {
  const { id } = await write({ kind: "contact", cards: [{ name: "Dr. Sol", vcard: card }] });
  assert.equal((await received(id))?.contactMessage?.vcard, card);
  const { id: two } = await write({
    kind: "contacts",
    cards: [
      { name: "One", vcard: card },
      { name: "Two", vcard: card },
    ],
  });
  assert.equal((await received(two))?.contactsArrayMessage?.contacts?.length, 2);
  const own = await client.send(ana.lid, { contacts: { displayName: "Dr. Sol", contacts: [{ vcard: card }] } });
  assert.equal((await shown(own)).cards?.[0]?.vcard, card);
});

test("polls and their votes", async () => {
  const { id } = await write({ kind: "poll", text: "When?", options: ["Monday", "Tuesday"], selectable: 1 });
  const content = await received(id);
  const asked = content?.pollCreationMessage ?? content?.pollCreationMessageV3;
  assert.equal(asked?.name, "When?");
  assert.deepEqual(
    asked?.options?.map(({ optionName }) => optionName),
    ["Monday", "Tuesday"],
  );
  const own = await client.send(ana.lid, { poll: { name: "Where?", values: ["Here", "There"], selectableCount: 1 } });
  const { poll } = await shown(own);
  assert.equal(poll?.question, "Where?");
  assert.deepEqual(poll?.options, ["Here", "There"]);
  await ana.do("vote", { peer: clinic.number, id: own, options: ["There"] });
  const vote = await client.message(({ message }) => message?.pollUpdateMessage?.pollCreationMessageKey?.id === own);
  const pollEncKey = client.sent.get(own)?.messageContextInfo?.messageSecret;
  const sealed = vote.message?.pollUpdateMessage?.vote;
  assert.ok(pollEncKey && sealed);
  const context = { pollCreatorJid: clinic.lid, pollMsgId: own, pollEncKey, voterJid: ana.lid };
  const { selectedOptions } = decryptPollVote(sealed, context);
  assert.deepEqual(selectedOptions.map(hex), [createHash("sha256").update("There").digest("hex")]);
});

test("what can be opened once, in both directions", async () => {
  const { id } = await write({ kind: "image", viewOnce: true });
  const { message } = await client.message(({ key }) => key.id === id);
  assert.equal(extractMessageContent(message)?.imageMessage?.viewOnce, true);
  const image = Buffer.from("picture");
  const own = await client.send(ana.lid, { image, viewOnce: true, jpegThumbnail: "", width: 1, height: 1 });
  assert.equal((await shown(own)).viewOnce, true);
});

test("disappearing messages, in both directions", async () => {
  await ana.do("timer", { peer: clinic.number, seconds: 86_400 });
  await client.message(
    ({ message }) =>
      message?.protocolMessage?.type === EPHEMERAL_SETTING && message.protocolMessage.ephemeralExpiration === 86_400,
  );
  const { id } = await write({ text: "gone tomorrow" });
  assert.equal((await received(id))?.extendedTextMessage?.contextInfo?.expiration, 86_400);
  await client.send(ana.lid, { disappearingMessagesInChat: 604_800 });
  const own = await client.send(ana.lid, { text: "gone next week" }, { ephemeralExpiration: 604_800 });
  assert.equal((await shown(own)).expiration, 604_800);
  await client.send(ana.lid, { disappearingMessagesInChat: false });
});

/**
 * Lets Ana's phone write to the client's account.
 * @param {object} draft
 * @returns {Promise<{ id: string }>}
 */
function write(draft) {
  return ana.do("message", { to: clinic.number, ...draft });
}

/**
 * The content of a message that the client got.
 * @param {string} id
 */
async function received(id) {
  const { message } = await client.message(({ key }) => key.id === id);
  return extractMessageContent(message);
}

/**
 * What Ana's phone shows of a message, once that fits.
 * @param {string} id
 * @param {(message: Shown) => boolean} fits
 * @returns {Promise<Shown>}
 */
function shown(id, fits = () => true) {
  const view = ana.shows(clinic, (message) => message.id === id && fits(/** @type {Shown} */ (message)));
  return /** @type {Promise<Shown>} */ (view);
}

/** @param {proto.IMessage | null | undefined} message */
function textOf(message) {
  return message?.conversation ?? message?.extendedTextMessage?.text;
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString("hex");
}
