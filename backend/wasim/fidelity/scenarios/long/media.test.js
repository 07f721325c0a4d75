// @ts-check
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { downloadMediaMessage, extractMessageContent } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { notifies } from "../../support/stanzas.js";

/** @typedef {{ kind: string, media?: { mime: string, size: number } } & import("../../support/simulator.js").ChatMessage} Shown */

const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const jpegThumbnail = randomBytes(64).toString("base64");

/** The smallest picture there is. What follows it in a file is not looked at. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/**
 * A file whose bytes are like no other's.
 * @param {number} length
 */
const fileOfLength = (length) => Buffer.concat([pixel, randomBytes(length - pixel.length)]);

/**
 * What both sides send: the kind as the phone calls it, the field of the message, what the client sends, and what the
 * phone says about the file.
 * @type {[string, string, (data: Buffer) => import("baileys").AnyMessageContent, object][]}
 */
const kinds = [
  [
    "image",
    "imageMessage",
    (image) => ({ image, caption: "image", jpegThumbnail, width: 4, height: 3 }),
    { mime: "image/png" },
  ],
  ["video", "videoMessage", (video) => ({ video, caption: "video", jpegThumbnail }), { mime: "video/mp4", seconds: 2 }],
  ["gif", "videoMessage", (video) => ({ video, gifPlayback: true, jpegThumbnail }), { mime: "video/mp4" }],
  [
    "voice",
    "audioMessage",
    (audio) => ({ audio, ptt: true, seconds: 3 }),
    { mime: "audio/ogg; codecs=opus", seconds: 3 },
  ],
  ["audio", "audioMessage", (audio) => ({ audio, seconds: 3 }), { mime: "audio/mpeg" }],
  [
    "document",
    "documentMessage",
    (document) => ({ document, mimetype: "application/pdf", fileName: "a.pdf", jpegThumbnail }),
    { mime: "application/pdf", name: "b.pdf" },
  ],
  ["sticker", "stickerMessage", (sticker) => ({ sticker }), { mime: "image/webp" }],
];

for (const [kind, field, content, file] of kinds) {
  test(`a ${kind} from a phone has the same bytes at the client`, async () => {
    const data = fileOfLength(70_001);
    const { id } = await write(kind, { ...file, data: data.toString("base64") });
    const message = await client.message(({ key }) => key.id === id);
    assert.ok(Object.keys(extractMessageContent(message.message) ?? {}).includes(field));
    assert.deepEqual(await downloadMediaMessage(message, "buffer", {}), data);
  });

  test(`a ${kind} from the client has the same bytes at the phone`, async () => {
    const data = fileOfLength(70_001);
    const id = await client.send(ana.lid, content(data));
    const shown = /** @type {Shown} */ (await ana.shows(clinic, (message) => message.id === id));
    assert.equal(shown.kind, kind);
    assert.deepEqual(await fileOf(ana, clinic, id), data);
    assert.deepEqual(await fileOf(clinic, ana, id), data);
  });
}

test("a part of a file is downloaded as a range", async () => {
  const data = fileOfLength(100_000);
  const { id } = await write("document", { data: data.toString("base64"), mime: "application/pdf", name: "c.pdf" });
  const message = await client.message(({ key }) => key.id === id);
  const part = await downloadMediaMessage(message, "buffer", { startByte: 40_000, endByte: 60_000 });
  assert.deepEqual(part, data.subarray(40_000, 60_000));
});

test("a file that has expired is asked for again from the phone that sent it", async () => {
  const data = fileOfLength(20_000);
  const { id } = await write("image", { data: data.toString("base64"), mime: "image/png" });
  const message = await client.message(({ key }) => key.id === id);
  await simulator.call("POST", "/media/expire");
  await assert.rejects(
    downloadMediaMessage(message, "buffer", {}),
    (/** @type {{ output?: { statusCode: number } }} */ error) => [404, 410].includes(Number(error.output?.statusCode)),
  );
  const renewed = await client.socket.updateMediaMessage(message);
  await client.node("media retry", (node) => notifies(node, "mediaretry"));
  assert.deepEqual(await downloadMediaMessage(renewed, "buffer", {}), data);
});

test("a file that the phone has lost too is not there any more", async () => {
  const { id } = await write("image", {
    data: fileOfLength(100).toString("base64"),
    mime: "image/png",
  });
  const message = await client.message(({ key }) => key.id === id);
  await simulator.call("POST", "/media/expire");
  for (const [phone, peer] of /** @type {const} */ ([
    [ana, clinic],
    [clinic, ana],
  ])) {
    await simulator.call("DELETE", `/phones/${phone.number}/media/${id}?peer=${peer.number.slice(1)}`);
  }
  await assert.rejects(client.socket.updateMediaMessage(message));
});

/**
 * Lets Ana's phone send a file.
 * @param {string} kind
 * @param {object} file
 * @returns {Promise<{ id: string }>}
 */
function write(kind, file) {
  return ana.do("message", { to: clinic.number, kind, file });
}

/**
 * The file of a message as a phone has it.
 * @param {import("../../support/simulator.js").Phone} phone
 * @param {import("../../support/simulator.js").Phone} peer
 * @param {string} id
 */
async function fileOf(phone, peer, id) {
  await phone.shows(peer, (message) => message.id === id);
  const { data } = /** @type {{ data: string }} */ (await phone.ask(`media/${id}?peer=${peer.number.slice(1)}`));
  return Buffer.from(data, "base64");
}
