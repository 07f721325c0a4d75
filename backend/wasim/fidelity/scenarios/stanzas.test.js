// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { getBinaryNodeChildren, jidNormalizedUser, S_WHATSAPP_NET } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { iq, within } from "../support/stanzas.js";

/** What the library's own events don't show: the stanzas themselves. */

const simulator = await Simulator.forThisFile();
const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana", { about: "At the sea" })];
const client = await Client.linked(simulator, clinic);
const other = await Client.linked(simulator, ana);

test("point 3: a message is acknowledged before anything that it causes", async () => {
  await simulator.inject({ kind: "corrupt_message", number: ana.number, count: 1 });
  await ana.do("reads", { on: true });
  const ids = [];
  for (let i = 0; i < 20; i++) ids.push(await client.send(i % 2 ? ana.jid : ana.lid, { text: `ordered ${i}` }));
  for (let i = 0; i < 20; i++) await other.text(`ordered ${i}`);
  await ana.do("reads", { on: false });
  for (const id of ids) {
    await client.node(
      "read receipt",
      ({ tag, attrs }) => tag === "receipt" && attrs.id === id && attrs.type === "read",
    );
    const about = client.nodes.entries.filter(
      ({ tag, attrs }) => attrs.id === id && (tag === "ack" || tag === "receipt"),
    );
    assert.equal(about[0]?.tag, "ack");
    assert.equal(about[0]?.attrs.class, "message");
    assert.ok(about.length >= 3);
  }
});

test("point 6: privacy settings come as categories", async () => {
  const settings = await client.socket.fetchPrivacySettings(true);
  assert.equal(settings.readreceipts, "all");
  for (const name of ["last", "online", "profile", "status", "groupadd", "calladd"]) assert.ok(settings[name], name);
  await client.socket.updateReadReceiptsPrivacy("none");
  assert.equal((await client.socket.fetchPrivacySettings(true)).readreceipts, "none");
  await client.socket.updateReadReceiptsPrivacy("all");
});

test("point 8: contacts are found by +n, by +n@c.us and by LID", async () => {
  assert.deepEqual(await client.socket.onWhatsApp(ana.number), [{ jid: ana.jid, exists: true }]);
  assert.deepEqual(await client.socket.onWhatsApp("+34699999999"), []);
  assert.equal(within(await lookUp("+34699999999", [{ tag: "contact", attrs: {} }]), "contact").attrs.type, "out");
  for (const asked of [ana.number, `${ana.number}@c.us`]) {
    const user = await lookUp(asked, [{ tag: "contact", attrs: {} }]);
    assert.equal(user.attrs.jid, ana.jid);
    assert.equal(within(user, "contact").attrs.type, "in");
  }
  const user = await lookUp(ana.number, [{ tag: "contact", attrs: { addressing_mode: "lid" } }]);
  assert.equal(user.attrs.jid, ana.lid);
});

test("point 8: a query may ask for everything that clients ask for", async () => {
  const asked = ["contact", "devices", "lid", "status", "disappearing_mode", "business", "username", "picture"];
  const user = await lookUp(
    ana.number,
    asked.map((tag) => ({ tag, attrs: {} })),
  );
  assert.equal(Buffer.from(/** @type {Uint8Array} */ (within(user, "status").content)).toString(), "At the sea");
  assert.equal(within(user, "lid").attrs.val, ana.lid);
  assert.ok(within(user, "disappearing_mode").attrs.duration);
  assert.equal(getBinaryNodeChildren(within(user, "devices", "device-list"), "device").length, 2);
  assert.ok(within(user, "devices", "key-index-list").content);
  within(user, "username");
  assert.deepEqual(
    (await client.socket.fetchStatus(ana.jid))?.map(({ status }) => /** @type {{ status: string }} */ (status).status),
    ["At the sea"],
  );
  assert.ok(await client.socket.fetchDisappearingDuration(ana.jid));
});

test("point 12: an unknown iq gets an error, not an empty result", async () => {
  for (const type of /** @type {const} */ (["get", "set"])) {
    await assert.rejects(
      client.socket.query(iq(type, "wasim:unheard-of", [{ tag: "anything", attrs: {} }])),
      (/** @type {{ data?: number }} */ error) => Number(error.data) >= 400,
    );
  }
});

test("real properties are told, and the library reads them", async () => {
  const answer = await client.socket.query(iq("get", "abt", [{ tag: "props", attrs: { protocol: "1" } }]));
  const props = within(answer, "props");
  assert.ok(props.attrs.hash);
  assert.ok(props.attrs.ab_key);
  const list = getBinaryNodeChildren(props, "prop");
  assert.ok(list.length > 0);
  for (const { attrs } of list) assert.ok(attrs.config_code && attrs.config_value);
  assert.equal(client.creds.lastPropHash, props.attrs.hash);
});

test("the server pings and is pinged", async () => {
  const answer = await client.socket.query(iq("get", "w:p", [{ tag: "ping", attrs: {} }]));
  assert.equal(answer.attrs.type, "result");
  assert.equal(jidNormalizedUser(answer.attrs.from), S_WHATSAPP_NET);
});

/**
 * What the server says about a user.
 * @param {string} number
 * @param {import("baileys").BinaryNode[]} query
 */
async function lookUp(number, query) {
  const contact = { tag: "contact", attrs: {}, content: number };
  const answer = await client.socket.query(
    iq("get", "usync", [
      {
        tag: "usync",
        attrs: { sid: "1", mode: "query", last: "true", index: "0", context: "interactive" },
        content: [
          { tag: "query", attrs: {}, content: query },
          { tag: "list", attrs: {}, content: [{ tag: "user", attrs: {}, content: [contact] }] },
        ],
      },
    ]),
  );
  return within(answer, "usync", "list", "user");
}
