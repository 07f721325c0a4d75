// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { jidNormalizedUser, proto } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { bytesOf, iq, notifies, within } from "../../support/stanzas.js";
import { eventually } from "../../support/waiting.js";

/**
 * @typedef {{ about: string, picture: string, blocked: string[], privacy: Record<string, string>, typing: Record<string, string>,
 *   available: boolean, newChatTimer: number }} Profile
 */

const { DELIVERY_ACK } = proto.WebMessageInfo.Status;
const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);
await ana.send(clinic, "so that we know each other");
await client.text("so that we know each other");

/** @param {import("../../support/simulator.js").Phone} phone @returns {Promise<Profile>} */
const profile = (phone) => phone.ask("profile");

test("pictures: the news, the address, the bytes, and no picture any more", async () => {
  const since = client.mark();
  await ana.do("picture", { avatar: "Ana" });
  const news = await client.node("news of a picture", (node) => notifies(node, "picture", "set"), since);
  assert.equal(jidNormalizedUser(news.attrs.from), ana.lid);
  await client.next(
    "contacts.update",
    (list) => list.some(({ id, imgUrl }) => id === ana.lid && imgUrl === "changed"),
    since,
  );
  for (const kind of /** @type {const} */ (["preview", "image"])) {
    const url = await client.socket.profilePictureUrl(ana.lid, kind);
    assert.ok(url);
    const picture = Buffer.from(await (await fetch(url)).arrayBuffer());
    assert.deepEqual([...picture.subarray(0, 2)], [0xff, 0xd8]);
  }
  const then = client.mark();
  await ana.do("picture");
  await client.node("news of no picture", (node) => notifies(node, "picture", "delete"), then);
  await assert.rejects(client.socket.profilePictureUrl(ana.lid, "image"), /item-not-found|not-found/);
});

test("the client sets and removes the picture of its account", async () => {
  await ana.do("picture", { avatar: "Ana" });
  const jpeg = Buffer.from(
    await (await fetch(String(await client.socket.profilePictureUrl(ana.lid, "image")))).arrayBuffer(),
  );
  const set = iq("set", "w:profile:picture", [{ tag: "picture", attrs: { type: "image" }, content: jpeg }]);
  const { attrs } = within(await client.socket.query(set), "picture");
  assert.equal((await profile(clinic)).picture, attrs.id);
  const url = await other.socket.profilePictureUrl(clinic.lid, "image");
  assert.deepEqual(Buffer.from(await (await fetch(String(url))).arrayBuffer()), jpeg);
  await client.socket.removeProfilePicture(clinic.jid);
  assert.equal((await profile(clinic)).picture, "");
});

test("about texts, in both directions", async () => {
  const since = client.mark();
  await ana.do("about", { text: "At the sea" });
  const news = await client.node("news of a text", (node) => notifies(node, "status"), since);
  assert.equal(jidNormalizedUser(news.attrs.from), ana.lid);
  assert.deepEqual(await aboutOf(ana.jid), ["At the sea"]);
  await client.socket.updateProfileStatus("Open from 9 to 5");
  assert.equal((await profile(clinic)).about, "Open from 9 to 5");
});

test("account_sync: privacy, blocked people and the timer of new chats, in both directions", async () => {
  let since = client.mark();
  await clinic.do("block", { number: ana.number, on: true });
  await client.next("blocklist.update", ({ blocklist, type }) => type === "add" && blocklist.includes(ana.lid), since);
  assert.deepEqual(await client.socket.fetchBlocklist(), [ana.lid]);
  await client.socket.updateBlockStatus(ana.lid, "unblock");
  assert.deepEqual((await profile(clinic)).blocked, []);

  since = client.mark();
  await clinic.do("new-chat-timer", { seconds: 86_400 });
  await client.next(
    "creds.update",
    ({ accountSettings }) => accountSettings?.defaultDisappearingMode?.ephemeralExpiration === 86_400,
    since,
  );
  await client.socket.updateDefaultDisappearingMode(0);
  assert.equal((await profile(clinic)).newChatTimer, 0);

  since = client.mark();
  await clinic.do("privacy", { name: "last", value: "contacts" });
  await client.node("news of privacy", (node) => notifies(node, "account_sync", "privacy"), since);
  assert.equal((await client.socket.fetchPrivacySettings(true)).last, "contacts");
  await client.socket.updateLastSeenPrivacy("none");
  assert.equal((await profile(clinic)).privacy.last, "none");
});

test("privacy_token: who is written to gets a token", async () => {
  const since = other.mark();
  await client.send(ana.lid, { text: "with a token" });
  const news = await other.node("a token", (node) => notifies(node, "privacy_token", "tokens"), since);
  assert.equal(news.attrs.sender_lid, clinic.lid);
  assert.ok(bytesOf(news, "tokens", "token").length > 0);
  assert.equal(within(news, "tokens", "token").attrs.type, "trusted_contact");
  const stored = await eventually(
    "the stored token",
    async () => (await other.socket.authState.keys.get("tctoken", [clinic.lid]))[clinic.lid],
    (token) => token !== undefined && token.token.length > 0,
  );
  assert.deepEqual(Buffer.from(stored?.token ?? []), bytesOf(news, "tokens", "token"));
});

test("mex: a lock on new chats is told, can be asked for, and refuses with 463", async () => {
  assert.equal((await client.socket.fetchAccountReachoutTimelock()).isActive, false);
  const since = client.mark();
  await clinic.do("time-lock", { kind: "WEB_COMPANION_ONLY", seconds: 3600 });
  await client.node("news of a lock", (node) => notifies(node, "mex", "update"), since);
  await client.next("connection.update", ({ reachoutTimeLock }) => reachoutTimeLock?.isActive === true, since);
  const lock = await client.socket.fetchAccountReachoutTimelock();
  assert.equal(lock.isActive, true);
  assert.ok(lock.timeEnforcementEnds && lock.timeEnforcementEnds.getTime() > Date.now());
  const stranger = await simulator.phone("Stranger");
  const id = await client.send(stranger.jid, { text: "who are you?" });
  const ack = await client.node("ack", ({ tag, attrs }) => tag === "ack" && attrs.id === id);
  assert.equal(ack.attrs.error, "463");
  const then = client.mark();
  await clinic.do("time-lock", { seconds: 0 });
  await client.next("connection.update", ({ reachoutTimeLock }) => reachoutTimeLock?.isActive === false, then);
});

test("a phone types, is there, and is seen typing", async () => {
  await client.present("available");
  const since = client.mark();
  await ana.do("typing", { to: clinic.number, kind: "composing" });
  await client.next("presence.update", ({ presences }) => presences[ana.lid]?.lastKnownPresence === "composing", since);
  await client.socket.sendPresenceUpdate("composing", ana.lid);
  await eventually(
    "typing on the phone",
    () => profile(ana),
    ({ typing }) => typing[clinic.number] === "composing",
  );
});

test("a business profile", async () => {
  const shop = await simulator.phone("Shop", { businessName: "Bike Shop" });
  await shop.do("business", {
    address: "Calle Sol 1",
    description: "Bikes",
    website: "https://bikes.example",
    email: "a@bikes.example",
  });
  const found = await client.socket.getBusinessProfile(shop.jid);
  assert.equal(found?.address, "Calle Sol 1");
  assert.equal(found?.description, "Bikes");
  assert.equal(found?.email, "a@bikes.example");
});

test("a contact with a computer writes and reads on both", async () => {
  const bea = await simulator.phone("Bea");
  /** @type {{ device: number }} */
  const { device } = await bea.do("computers", { name: "Bea's laptop" });
  const id = await client.send(bea.lid, { text: "on both of your devices" });
  await client.status(id, DELIVERY_ACK);
  await bea.shows(clinic, (message) => message.id === id);
  await eventually(
    "the message on the computer",
    () => bea.ask(`computers/${device}/messages?peer=${clinic.number.slice(1)}`),
    (messages) => /** @type {{ id: string }[]} */ (messages).some((message) => message.id === id),
  );
  await bea.do(`computers/${device}/send`, { to: clinic.number, text: "from my laptop" });
  const message = await client.text("from my laptop");
  assert.equal(message.key.remoteJid, bea.lid);
});

test("who hides the number is known by the LID, until the phone tells whose it is", async () => {
  const eva = await simulator.phone("Eva");
  await eva.do("hide-number", { on: true });
  await eva.send(clinic, "guess who");
  const message = await client.text("guess who");
  assert.equal(message.key.remoteJid, eva.lid);
  assert.equal(message.key.remoteJidAlt, undefined);
  const id = await client.send(eva.lid, { text: "who?" });
  await client.status(id, DELIVERY_ACK);
  await clinic.do("share-mapping", { number: eva.number });
  await eventually(
    "the number",
    () => client.socket.signalRepository.lidMapping.getPNForLID(eva.lid),
    (pn) => jidNormalizedUser(pn ?? undefined) === eva.jid,
  );
});

test("who changes the number goes on talking, and contacts are told", async () => {
  const eva = await simulator.phone("Eva");
  await eva.send(clinic, "by my old number");
  await client.text("by my old number");
  const since = client.mark();
  const number = "+34600999999";
  await eva.do("change-number", { number, newLID: false });
  const news = await client.node("news of a number", (node) => notifies(node, "contacts", "modify"), since);
  assert.equal(jidNormalizedUser(within(news, "modify").attrs.new), `${number.slice(1)}@s.whatsapp.net`);
  const { id } = /** @type {{ id: string }} */ (
    await simulator.call("POST", `/phones/${number}/send`, { to: clinic.number, text: "by my new number" })
  );
  const message = await client.text("by my new number");
  assert.deepEqual([message.key.id, message.key.remoteJid], [id, eva.lid]);
  await clinic.settled();
  await client.status(await client.send(eva.lid, { text: "noted" }), DELIVERY_ACK);
});

/** @param {string} jid */
async function aboutOf(jid) {
  const found = await client.socket.fetchStatus(jid);
  return found?.map(({ status }) => /** @type {{ status: string }} */ (status).status);
}
