// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import {
  Curve,
  generateSignalPubKey,
  getAllBinaryNodeChildren,
  getBinaryNodeChildren,
  S_WHATSAPP_NET,
  xmppSignedPreKey,
} from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { bytesOf, iq, within } from "../support/stanzas.js";
import { eventually } from "../support/waiting.js";

const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);

test("point 4: a rotated signed prekey stands in later bundles", async () => {
  await client.socket.rotateSignedPreKey();
  const { signedPreKey, signedIdentityKey } = client.creds;
  const bundle = await bundleOf(String(client.creds.me?.id));
  const value = bytesOf(bundle, "skey", "value");
  const signature = bytesOf(bundle, "skey", "signature");
  assert.deepEqual(value, Buffer.from(signedPreKey.keyPair.public));
  assert.ok(Curve.verify(signedIdentityKey.public, generateSignalPubKey(value), signature));
  const id = await other.send(clinic.jid, { text: "with the new key" });
  assert.equal((await client.text("with the new key")).key.id, id);
});

test("point 4: a signed prekey that its owner did not sign is refused", async () => {
  const { signedPreKey } = client.creds;
  const forged = { ...signedPreKey, keyId: 9, signature: Buffer.alloc(64, 1) };
  const rotate = { tag: "rotate", attrs: {}, content: [xmppSignedPreKey(forged)] };
  await assert.rejects(client.socket.query(iq("set", "encrypt", [rotate])), /not-acceptable/);
  const bundle = await bundleOf(String(client.creds.me?.id));
  assert.deepEqual(bytesOf(bundle, "skey", "value"), Buffer.from(signedPreKey.keyPair.public));
});

test("point 5: the digest is laid out as clients read it, and no login uploads keys again", async () => {
  const answer = await client.socket.query(iq("get", "encrypt", [{ tag: "digest", attrs: {} }]));
  const digest = within(answer, "digest");
  assert.deepEqual(
    getAllBinaryNodeChildren(digest).map(({ tag }) => tag),
    ["registration", "type", "identity", "skey", "list", "hash"],
  );
  const { registrationId, signedIdentityKey, signedPreKey } = client.creds;
  assert.equal(bytesOf(digest, "registration").readUInt32BE(), registrationId);
  assert.deepEqual([...bytesOf(digest, "type")], [5]);
  assert.deepEqual(bytesOf(digest, "identity"), Buffer.from(signedIdentityKey.public));
  assert.deepEqual(
    getAllBinaryNodeChildren(within(digest, "skey")).map(({ tag }) => tag),
    ["id", "value", "signature"],
  );
  const ids = getBinaryNodeChildren(within(digest, "list"), "id").map(({ content }) =>
    Buffer.from(/** @type {Uint8Array} */ (content)).readUIntBE(0, 3),
  );
  const { devices } = await clinic.view();
  assert.equal(ids.length, devices[0]?.preKeys);
  // The client reads the hash from its own keys in the same order.
  const hash = createHash("sha1");
  hash.update(signedIdentityKey.public).update(signedPreKey.keyPair.public).update(signedPreKey.signature);
  const stored = await client.socket.authState.keys.get("pre-key", ids.map(String));
  for (const id of ids) hash.update(stored[id]?.public ?? Buffer.alloc(0));
  assert.deepEqual(bytesOf(digest, "hash"), hash.digest());

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
  assert.ok(Number(within(notice, "count").attrs.value) < 10);
  await eventually(
    "fresh keys",
    async () => client.creds.nextPreKeyId,
    (next) => next > nextPreKeyId,
  );
});

/** What another account's device gets to start a session with. @param {string} jid */
async function bundleOf(jid) {
  const answer = await other.socket.query(
    iq("get", "encrypt", [{ tag: "key", attrs: {}, content: [{ tag: "user", attrs: { jid } }] }]),
  );
  return within(answer, "list", "user");
}
