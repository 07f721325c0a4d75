// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { getBinaryNodeChildren } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { iq, notifies, within } from "../../support/stanzas.js";
import { eventually } from "../../support/waiting.js";

/**
 * Point 9 throughout: the state that an account's devices share. The library checks the MACs of everything it reads
 * (appStateMacVerification in ../../support/client.js) and throws when one is wrong.
 *
 * @typedef {{ archived: boolean, pinned: boolean, muted: boolean, markedUnread: boolean, labels: string[], starred: string[] }} Chat
 * @typedef {{ contacts: Record<string, string>, labels: { id: string, name: string }[], versions: Record<string, number> }} State
 * @typedef {Partial<import("baileys").Chat>} ChatUpdate
 */

const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic", { platform: "smba" }), await simulator.phone("Ana")];
const client = await Client.linked(simulator, clinic);
const second = await Client.linked(simulator, clinic);
await ana.send(clinic, "something to archive");
const last = await client.text("something to archive");
const lastMessages = [last];

/** @returns {Promise<Chat>} */
const chat = () => clinic.ask(`chat?peer=${ana.number.slice(1)}`);
/** @returns {Promise<State>} */
const state = () => clinic.ask("state");

for (const [what, modification, shown, told] of /** @type {const} */ ([
  ["archives", { archive: true, lastMessages }, { archived: true }, { archived: true }],
  ["brings back", { archive: false, lastMessages }, { archived: false }, { archived: false }],
  ["pins", { pin: true }, { pinned: true }, { pinned: "set" }],
  ["unpins", { pin: false }, { pinned: false }, { pinned: null }],
  ["mutes", { mute: 4_000_000_000_000 }, { muted: true }, { muteEndTime: 4_000_000_000_000 }],
  ["unmutes", { mute: null }, { muted: false }, { muteEndTime: null }],
  ["marks as unread", { markRead: false, lastMessages }, { markedUnread: true }, { unreadCount: -1 }],
  ["marks as read", { markRead: true, lastMessages }, { markedUnread: false }, { unreadCount: 0 }],
])) {
  test(`point 9: the client ${what} a chat; the phone and the other client follow`, async () => {
    const since = second.mark();
    await client.socket.chatModify(/** @type {import("baileys").ChatModification} */ (modification), ana.lid);
    await eventually("the phone's view", chat, (view) => includes(view, shown));
    await second.node("server_sync", (node) => notifies(node, "server_sync", "collection"), since);
    await second.next("chats.update", (updates) => updates.some((update) => about(update, told)), since);
  });
}

for (const [action, body, told] of /** @type {const} */ ([
  ["archive", { on: true }, { archived: true }],
  ["archive", { on: false }, { archived: false }],
  ["pin", { on: true }, { pinned: "set" }],
  ["pin", { on: false }, { pinned: null }],
  ["mute", { on: true, until: "2096-10-02T07:06:40Z" }, { muteEndTime: 4_000_000_000_000 }],
  ["mute", { on: false }, { muteEndTime: null }],
  ["unread", { on: true }, { unreadCount: -1 }],
  ["unread", { on: false }, { unreadCount: 0 }],
])) {
  test(`point 9: the phone does ${action} ${body.on ? "on" : "off"}; the client follows`, async () => {
    const since = client.mark();
    await clinic.do(action, { peer: ana.number, ...body });
    await client.next("chats.update", (updates) => updates.some((update) => about(update, told)), since);
  });
}

test("point 9: starred messages and labels, in both directions", async () => {
  const { id } = last.key;
  assert.ok(id);
  await client.socket.star(ana.lid, [{ id, fromMe: false }], true);
  await eventually("a starred message", chat, ({ starred }) => starred.includes(id));

  let since = second.mark();
  await client.socket.addLabel("", { id: "7", name: "New patient", color: 3 });
  await client.socket.addChatLabel(ana.lid, "7");
  await eventually("a label", state, ({ labels }) =>
    labels.some((label) => label.id === "7" && label.name === "New patient"),
  );
  await eventually("a labelled chat", chat, ({ labels }) => labels.includes("7"));
  await second.next(
    "labels.association",
    ({ type, association }) => type === "add" && association.labelId === "7",
    since,
  );

  since = client.mark();
  const label = /** @type {{ id: string }} */ (await clinic.do("label", { name: "Paid", color: 1 }));
  await client.next("labels.edit", ({ id: edited, name }) => edited === label.id && name === "Paid", since);
  await clinic.do("label-chat", { peer: ana.number, label: label.id, on: true });
  await client.next(
    "labels.association",
    ({ type, association }) => type === "add" && association.labelId === label.id && association.chatId === ana.lid,
    since,
  );
  await clinic.do("star", { peer: ana.number, id, on: false });
  await client.next(
    "messages.update",
    (updates) => updates.some(({ key, update }) => key.id === id && update.starred === false),
    since,
  );
});

test("point 9: names of people and the account's own, in both directions", async () => {
  await client.socket.addOrEditContact(ana.jid, { fullName: "Ana the patient", saveOnPrimaryAddressbook: true });
  await eventually("a saved contact", state, ({ contacts }) => contacts[ana.number] === "Ana the patient");
  let since = client.mark();
  await clinic.do("contact", { number: ana.number, name: "Ana of the phone" });
  await client.next("contacts.upsert", (list) => list.some(({ name }) => name === "Ana of the phone"), since);

  await client.socket.updateProfileName("Clinic of the client");
  await eventually(
    "a new name",
    () => clinic.view(),
    ({ name }) => name === "Clinic of the client",
  );
  since = client.mark();
  await clinic.do("name", { name: "Clinic of the phone" });
  await client.next("creds.update", ({ me }) => me?.name === "Clinic of the phone", since);
});

test("point 9: versions grow, patches and snapshots come back, a lost race is a conflict", async () => {
  const before = (await state()).versions.regular_low ?? 0;
  for (let i = 0; i < 12; i++) await client.socket.chatModify({ pin: i % 2 === 0 }, ana.lid);
  const after = (await state()).versions.regular_low ?? 0;
  assert.equal(after, before + 12);
  const newer = await collection({ version: String(after - 2), return_snapshot: "false" });
  assert.equal(getBinaryNodeChildren(within(newer, "patches"), "patch").length, 2);
  assert.equal(newer.attrs.version, String(after));
  const whole = await collection({ return_snapshot: "true" });
  assert.ok(within(whole, "snapshot").content);
  const late = await collection({ version: String(before), return_snapshot: "false" }, [
    { tag: "patch", attrs: {}, content: Buffer.from([0x12, 0x00]) },
  ]);
  assert.equal(late.attrs.type, "error");
  assert.ok(["400", "409"].includes(String(within(late, "error").attrs.code)));
});

test("point 9: a client that is linked later reads all of it, from snapshots", async () => {
  const third = await Client.linked(simulator, clinic);
  await third.node("a snapshot", (node) => node.tag === "iq" && snapshotsOf(node).length > 0);
  assert.equal(third.creds.me?.name, "Clinic of the phone");
  await third.next("contacts.upsert", (list) => list.some(({ name }) => name === "Ana of the phone"));
  await third.next("labels.edit", ({ name }) => name === "Paid");
  await third.next("labels.association", ({ association }) => association.labelId === "7");
  await third.socket.chatModify({ archive: true, lastMessages }, ana.lid);
  await eventually("the phone's view", chat, ({ archived }) => archived);
});

test("point 9: after a device is unlinked the others get a new key and go on with it", async () => {
  const { myAppStateKeyId } = client.creds;
  const since = client.mark();
  await clinic.do("unlink", { device: 3 });
  await client.next("creds.update", (update) => (update.myAppStateKeyId ?? myAppStateKeyId) !== myAppStateKeyId, since);
  await clinic.do("pin", { peer: ana.number, on: true });
  await client.next("chats.update", (updates) => updates.some((update) => about(update, { pinned: "set" })), since);
  await client.socket.chatModify({ archive: false, lastMessages }, ana.lid);
  await eventually("the phone's view", chat, ({ archived }) => !archived);
});

/**
 * Tells whether an object has these values; "set" stands for any.
 * @param {object} whole
 * @param {object} part
 */
function includes(whole, part) {
  const values = /** @type {Record<string, unknown>} */ (whole);
  return Object.entries(part).every(([name, value]) => (value === "set" ? values[name] : values[name] === value));
}

/**
 * @param {ChatUpdate} update
 * @param {object} told
 */
function about(update, told) {
  return (update.id === ana.lid || update.id === ana.jid) && includes(update, told);
}

/**
 * What the server answers about a collection.
 * @param {Record<string, string>} attrs
 * @param {import("baileys").BinaryNode[]} [content]
 */
async function collection(attrs, content) {
  const asked = { tag: "collection", attrs: { name: "regular_low", ...attrs }, content };
  const sync = { tag: "sync", attrs: {}, content: [asked] };
  return within(await client.socket.query(iq("set", "w:sync:app:state", [sync])), "sync", "collection");
}

/** @param {import("baileys").BinaryNode} node */
function snapshotsOf({ content }) {
  const sync = Array.isArray(content) ? content.find(({ tag }) => tag === "sync") : undefined;
  return getBinaryNodeChildren(sync, "collection").filter((one) => getBinaryNodeChildren(one, "snapshot").length > 0);
}
