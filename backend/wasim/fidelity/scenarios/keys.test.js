// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import {
  Curve,
  generateSignalPubKey,
  getBinaryNodeChild,
  getBinaryNodeChildBuffer,
  getBinaryNodeChildren,
  S_WHATSAPP_NET,
  xmppSignedPreKey,
} from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { eventually } from "../support/waiting.js";

const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);

test("point 4: a rotated signed prekey stands in later bundles", async () => {
  await client.socket.rotateSignedPreKey();
  const { signedPreKey, signedIdentityKey } = client.creds;
  const bundle = await bundleOf(String(client.creds.me?.id));
  const skey = getBinaryNodeChild(bundle, "skey");
  const value = getBinaryNodeChildBuffer(skey, "value");
  const signature = getBinaryNodeChildBuffer(skey, "signature");
  assert.ok(value && signature);
  assert.deepEqual(Buffer.from(value), Buffer.from(signedPreKey.keyPair.public));
  assert.ok(Curve.verify(signedIdentityKey.public, generateSignalPubKey(value), signature));
  const id = await other.send(clinic.jid, { text: "with the new key" });
  assert.equal((await client.text("with the new key")).key.id, id);
});

test("point 4: a signed prekey that its owner did not sign is refused", async () => {
  const { signedPreKey } = client.creds;
  const forged = { ...signedPreKey, keyId: 9, signature: Buffer.alloc(64, 1) };
  const rotate = { tag: "rotate", attrs: {}, content: [xmppSignedPreKey(forged)] };
  await assert.rejects(
    client.socket.query({
      tag: "iq",
      attrs: { to: S_WHATSAPP_NET, type: "set", xmlns: "encrypt" },
      content: [rotate],
    }),
    /not-acceptable/,
  );
  const skey = getBinaryNodeChild(await bundleOf(String(client.creds.me?.id)), "skey");
  assert.deepEqual(
    Buffer.from(getBinaryNodeChildBuffer(skey, "value") ?? []),
    Buffer.from(signedPreKey.keyPair.public),
  );
});

test("point 5: the digest is laid out as clients read it, and no login uploads keys again", async () => {
  const answer = await client.socket.query({
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "encrypt" },
    content: [{ tag: "digest", attrs: {} }],
  });
  const digest = getBinaryNodeChild(answer, "digest");
  assert.ok(digest && Array.isArray(digest.content));
  assert.deepEqual(
    digest.content.map(({ tag }) => tag),
    ["registration", "type", "identity", "skey", "list", "hash"],
  );
  const { registrationId, signedIdentityKey, signedPreKey } = client.creds;
  assert.equal(Buffer.from(bytes(digest, "registration")).readUInt32BE(), registrationId);
  assert.deepEqual([...bytes(digest, "type")], [5]);
  assert.deepEqual(bytes(digest, "identity"), Buffer.from(signedIdentityKey.public));
  const skey = getBinaryNodeChild(digest, "skey");
  assert.ok(skey && Array.isArray(skey.content));
  assert.deepEqual(
    skey.content.map(({ tag }) => tag),
    ["id", "value", "signature"],
  );
  const ids = getBinaryNodeChildren(getBinaryNodeChild(digest, "list"), "id").map(({ content }) =>
    Buffer.from(/** @type {Uint8Array} */ (content)).readUIntBE(0, 3),
  );
  const { devices } = await clinic.view();
  assert.equal(ids.length, devices[0]?.preKeys);
  // The client reads the hash from its own keys in the same order.
  const hash = createHash("sha1");
  hash.update(signedIdentityKey.public).update(signedPreKey.keyPair.public).update(signedPreKey.signature);
  const stored = await client.socket.authState.keys.get("pre-key", ids.map(String));
  for (const id of ids) hash.update(stored[id]?.public ?? Buffer.alloc(0));
  assert.deepEqual(bytes(digest, "hash"), hash.digest());

  const { nextPreKeyId } = client.creds;
  await client.disconnect();
  await client.reconnect();
  assert.equal(client.creds.nextPreKeyId, nextPreKeyId);
});

test("the server says when one-time keys run low, and the client uploads more", async () => {
  const jid = String(client.creds.me?.id);
  const { nextPreKeyId } = client.creds;
  const { devices } = await clinic.view();
  for (let left = Number(devices[0]?.preKeys); left > 3; left--) await bundleOf(jid);
  const notice = await client.node("low keys", ({ tag, attrs }) => tag === "notification" && attrs.type === "encrypt");
  assert.equal(notice.attrs.from, S_WHATSAPP_NET);
  assert.ok(Number(getBinaryNodeChild(notice, "count")?.attrs.value) < 10);
  await eventually(
    "fresh keys",
    async () => client.creds.nextPreKeyId,
    (next) => next > nextPreKeyId,
  );
});

/** What another account's device gets to start a session with. @param {string} jid */
async function bundleOf(jid) {
  const answer = await other.socket.query({
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "encrypt" },
    content: [{ tag: "key", attrs: {}, content: [{ tag: "user", attrs: { jid } }] }],
  });
  const user = getBinaryNodeChild(getBinaryNodeChild(answer, "list"), "user");
  assert.ok(user);
  return user;
}

/**
 * @param {import("baileys").BinaryNode | undefined} node
 * @param {string} child
 */
function bytes(node, child) {
  const content = getBinaryNodeChildBuffer(node, child);
  assert.ok(content, child);
  return Buffer.from(content);
}
