// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { WAMessageStubType } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { holds, iq, notifies, within } from "../../support/stanzas.js";

/**
 * @typedef {import("../../support/simulator.js").Phone} Phone
 * @typedef {{ jid: string, subject: string, members: { number: string, role: string }[] }} Group
 */

const simulator = await Simulator.forThisFile();
const [clinic, ana, bea] = [
  await simulator.phone("Clinic"),
  await simulator.phone("Ana"),
  await simulator.phone("Bea"),
];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);

for (const addressing of /** @type {const} */ (["lid", "pn"])) {
  test(`texts in a group both ways with receipts, by ${addressing}`, async () => {
    const group = await create(clinic, [ana, bea], { addressing });
    await bea.do("send", { to: group, text: `from a phone ${addressing}` });
    const message = await client.text(`from a phone ${addressing}`);
    assert.equal(message.key.remoteJid, group);
    assert.equal(message.key.participant, addressing === "lid" ? bea.lid : bea.jid);
    await client.socket.readMessages([message.key]);
    await bea.shows(group, ({ id, members }) => id === message.key.id && members?.[clinic.number] === "read");

    await ana.do("reads", { on: true });
    const id = await client.send(group, { text: `from the client ${addressing}` });
    await shows(bea, group, `from the client ${addressing}`);
    await other.text(`from the client ${addressing}`);
    await receipted(client, id, addressing === "lid" ? bea.lid : bea.jid, "receiptTimestamp");
    await receipted(client, id, addressing === "lid" ? ana.lid : ana.jid, "readTimestamp");
    await ana.do("reads", { on: false });

    await other.send(group, { text: `from the other client ${addressing}` });
    await client.text(`from the other client ${addressing}`);
    await shows(clinic, group, `from the other client ${addressing}`);
  });
}

test("a group that the client makes, names, describes, changes and leaves", async () => {
  const made = await client.socket.groupCreate("Team", [ana.jid]);
  assert.equal(made.subject, "Team");
  const since = other.mark();
  await client.socket.groupUpdateSubject(made.id, "Team of the clinic");
  await other.message(({ messageStubType }) => messageStubType === WAMessageStubType.GROUP_CHANGE_SUBJECT);
  await other.next("groups.update", (groups) => groups.some(({ subject }) => subject === "Team of the clinic"), since);
  await client.socket.groupUpdateDescription(made.id, "Who works when");
  await client.socket.groupParticipantsUpdate(made.id, [bea.jid], "add");
  await client.socket.groupParticipantsUpdate(made.id, [bea.jid], "promote");
  await client.socket.groupSettingUpdate(made.id, "announcement");
  await client.socket.groupToggleEphemeral(made.id, 86_400);
  const metadata = await other.socket.groupMetadata(made.id);
  assert.equal(metadata.subject, "Team of the clinic");
  assert.equal(metadata.desc, "Who works when");
  assert.equal(metadata.announce, true);
  assert.equal(metadata.ephemeralDuration, 86_400);
  assert.deepEqual(
    metadata.participants.map(({ id, admin }) => [id, admin]).sort(),
    [
      [ana.lid, null],
      [bea.lid, "admin"],
      [clinic.lid, "superadmin"],
    ].sort(),
  );
  await client.socket.groupParticipantsUpdate(made.id, [bea.jid], "remove");
  assert.equal((await other.socket.groupMetadata(made.id)).participants.length, 2);
  assert.ok((await client.socket.groupFetchAllParticipating())[made.id]);
  await client.socket.groupLeave(made.id);
  assert.equal((await client.socket.groupFetchAllParticipating())[made.id], undefined);
});

test("links, wishes to join and invitations", async () => {
  const { id } = await client.socket.groupCreate("By invitation", []);
  const old = await client.socket.groupInviteCode(id);
  const code = String(await client.socket.groupRevokeInvite(id));
  assert.notEqual(code, old);
  await assert.rejects(other.socket.groupGetInviteInfo(String(old)), { data: 410 });
  assert.equal((await other.socket.groupGetInviteInfo(code)).subject, "By invitation");
  const since = client.mark();
  assert.equal(await other.socket.groupAcceptInvite(code), id);
  const joined = (/** @type {string} */ who) =>
    client.next(
      "group-participants.update",
      (update) => update.id === id && update.action === "add" && update.participants[0]?.id === who,
      since,
    );
  await joined(ana.lid);

  await client.socket.groupJoinApprovalMode(id, "on");
  await bea.do("join", { code });
  assert.deepEqual(
    (await client.socket.groupRequestParticipantsList(id)).map(({ jid }) => jid),
    [bea.lid],
  );
  const [approved] = await client.socket.groupRequestParticipantsUpdate(id, [bea.lid], "approve");
  assert.equal(approved?.status, "200");
  await joined(bea.lid);
  await client.socket.groupMemberAddMode(id, "admin_add");
  assert.equal((await other.socket.groupMetadata(id)).memberAddMode, false);

  await other.socket.groupLeave(id);
  await other.socket.updateGroupsAddPrivacy("contacts");
  const [refused] = await client.socket.groupParticipantsUpdate(id, [ana.lid], "add");
  await other.socket.updateGroupsAddPrivacy("all");
  assert.ok(refused);
  assert.equal(refused.status, "403");
  const invitation = within(refused.content, "add_request").attrs;
  await other.socket.groupAcceptInviteV4(clinic.jid, {
    groupJid: id,
    inviteCode: invitation.code,
    inviteExpiration: Number(invitation.expiration),
  });
  assert.equal((await other.socket.groupMetadata(id)).participants.length, 3);
});

test("what phones do to a group is told as w:gp2 notifications", async () => {
  const since = client.mark();
  const group = await create(ana, [clinic]);
  const created = await client.node("a new group", (node) => notifies(node, "w:gp2", "create"), since);
  assert.equal(created.attrs.from, group);
  await client.next("groups.upsert", (groups) => groups.some(({ id }) => id === group), since);
  await ana.do(`groups/${group}/subject`, { text: "Renamed" });
  await client.node("a subject", (node) => notifies(node, "w:gp2", "subject"), since);
  await ana.do(`groups/${group}/members`, { change: "add", numbers: [bea.number] });
  await client.next(
    "group-participants.update",
    ({ id, action, participants }) => id === group && action === "add" && participants[0]?.id === bea.lid,
    since,
  );
  await ana.do(`groups/${group}/members`, { change: "remove", numbers: [bea.number] });
  await client.next("group-participants.update", ({ id, action }) => id === group && action === "remove", since);
});

test("the list of groups is dirty after a change, until the client has read it", async () => {
  const group = await create(ana, [clinic]);
  await client.disconnect();
  await ana.do(`groups/${group}/subject`, { text: "While you were away" });
  const since = client.mark();
  await client.reconnect();
  await client.node("dirty groups", dirtyGroups, since);
  await client.next(
    "groups.update",
    (groups) => groups.some(({ subject }) => subject === "While you were away"),
    since,
  );
  // The library does this itself when it has read the list; done once more, and followed by a ping, it is done for sure.
  await client.socket.cleanDirtyBits("groups");
  await client.socket.query(iq("get", "w:p", [{ tag: "ping", attrs: {} }]));
  await client.disconnect();
  const later = client.mark();
  await client.reconnect();
  assert.ok(!client.nodes.entries.slice(later.nodes).some(dirtyGroups));
});

/** @param {import("baileys").BinaryNode} node */
function dirtyGroups(node) {
  return holds(node, "ib", "dirty") && within(node, "dirty").attrs.type === "groups";
}

test("point 2: in a group, a retry and its answer find the one device", async () => {
  const group = await create(clinic, [ana, bea]);
  await client.send(group, { text: "keys for everyone" });
  await other.text("keys for everyone");
  await simulator.inject({ kind: "corrupt_message", number: ana.number, count: 1 });
  const damaged = await client.send(group, { text: "damaged in the group" });
  await other.text("damaged in the group");
  const retry = await client.node(
    "retry",
    ({ tag, attrs }) => tag === "receipt" && attrs.type === "retry" && attrs.id === damaged,
  );
  assert.equal(retry.attrs.from, group);
  assert.equal(retry.attrs.participant, ana.lid.replace("@", ":1@"));
  const answer = other.nodes.entries.filter(({ tag, attrs }) => tag === "message" && attrs.id === damaged).at(-1);
  assert.ok(answer && ["msg", "pkmsg"].includes(String(within(answer, "enc").attrs.type)));

  await simulator.inject({ kind: "corrupt_message", number: clinic.number, count: 1 });
  await bea.do("send", { to: group, text: "damaged by a phone" });
  await client.text("damaged by a phone");
});

test("point 7: a member's companion that is linked later reads what comes later", async () => {
  const carla = await simulator.phone("Carla");
  const group = await create(clinic, [carla]);
  await client.send(group, { text: "before the member's companion" });
  const companion = await Client.linked(simulator, carla);
  await clinic.settled();
  await client.send(group, { text: "after the member's companion" });
  await companion.text("after the member's companion");
});

test("point 10: receipts of a group reach the author's devices, and own reading the reader's", async () => {
  const group = await create(clinic, [ana, bea]);
  const second = await Client.linked(simulator, ana);
  const id = await client.send(group, { text: "read by one device" });
  const message = await other.text("read by one device");
  await second.text("read by one device");
  const since = second.mark();
  await other.socket.readMessages([message.key]);
  const own = await second.node("own reading", ({ tag, attrs }) => tag === "receipt" && attrs.id === id, since);
  assert.equal(own.attrs.type, "read");
  const seen = await client.node(
    "read",
    ({ tag, attrs }) => tag === "receipt" && attrs.id === id && attrs.type === "read",
  );
  assert.equal(seen.attrs.from, group);
  assert.match(String(seen.attrs.participant), new RegExp(`^${ana.lid.split("@")[0]}[:@]`));
});

/**
 * @param {Phone} phone
 * @param {Phone[]} members
 * @param {object} [more] other fields of GroupOptions
 */
async function create(phone, members, more = {}) {
  /** @type {Group} */
  const group = await phone.do("groups", { subject: "Group", members: members.map(({ number }) => number), ...more });
  return group.jid;
}

/**
 * Waits until a phone shows a text in a group.
 * @param {Phone} phone
 * @param {string} group
 * @param {string} text
 */
function shows(phone, group, text) {
  return phone.shows(group, (message) => message.text === text);
}

/**
 * Waits until the client has a member's receipt.
 * @param {Client} of
 * @param {string} id
 * @param {string} member
 * @param {"receiptTimestamp" | "readTimestamp"} kind
 */
async function receipted(of, id, member, kind) {
  const fits = (/** @type {import("baileys").proto.IUserReceipt} */ receipt) =>
    receipt.userJid === member && (receipt[kind] || (kind === "receiptTimestamp" && receipt.readTimestamp));
  await of.events.find(`${kind} of ${member}`, ({ name, value }) => {
    if (name === "message-receipt.update") return value.some(({ key, receipt }) => key.id === id && fits(receipt));
    if (name !== "messages.upsert") return false;
    return value.messages.some(({ key, userReceipt }) => key.id === id && userReceipt?.some(fits));
  });
}
