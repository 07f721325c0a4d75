// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { DisconnectReason } from "baileys";

import { Client } from "../../support/client.js";
import { Simulator } from "../../support/simulator.js";
import { within } from "../../support/stanzas.js";
import { eventually } from "../../support/waiting.js";

const simulator = await Simulator.forThisFile();

test("unlinked by the phone while it is connected", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const since = client.mark();
  await clinic.do("unlink", { device: 1 });
  assert.equal(await client.closed(since), DisconnectReason.loggedOut);
  const error = await client.node("stream error", ({ tag }) => tag === "stream:error", since);
  assert.equal(error.attrs.code, "401");
  assert.deepEqual(within(error, "conflict").attrs, { type: "device_removed" });
});

test("unlinked by the phone while it is away", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  await client.disconnect();
  await clinic.do("unlink", { device: 1 });
  const since = client.mark();
  client.connect();
  assert.equal(await client.closed(since), DisconnectReason.loggedOut);
  await client.node("failure", ({ tag, attrs }) => tag === "failure" && attrs.reason === "401");
});

test("the client unlinks itself", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  await client.socket.logout();
  await eventually(
    "no linked device",
    () => clinic.view(),
    ({ devices }) => devices.length === 0,
  );
});

test("the session is opened elsewhere", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const since = client.mark();
  await clinic.do("replace", { device: 1 });
  assert.equal(await client.closed(since), DisconnectReason.connectionReplaced);
  const error = await client.node("stream error", ({ tag }) => tag === "stream:error", since);
  assert.deepEqual(within(error, "conflict").attrs, { type: "replaced" });
});

test("a second connection with the same session replaces the first", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const first = client.socket;
  /** @type {Promise<number | undefined>} */
  const ended = new Promise((resolve) => {
    first.ev.on("connection.update", ({ connection, lastDisconnect }) => {
      const error = /** @type {{ output?: { statusCode: number } } | undefined} */ (lastDisconnect?.error);
      if (connection === "close") resolve(error?.output?.statusCode);
    });
  });
  await client.reconnect();
  assert.equal(await ended, DisconnectReason.connectionReplaced);
});

for (const [code, name] of /** @type {const} */ ([
  [403, "forbidden"],
  [406, "banned"],
  [409, "conflict"],
  [500, "internal error"],
  [503, "unavailable"],
])) {
  test(`login refused with ${code} (${name}), then accepted`, async () => {
    const clinic = await simulator.phone("Clinic");
    const client = await Client.linked(simulator, clinic);
    await client.disconnect();
    await simulator.inject({ kind: "login_failure", number: clinic.number, code, count: 1 });
    const since = client.mark();
    client.connect();
    assert.equal(await client.closed(since), code);
    await client.reconnect();
  });
}

test("a ban says why and for how long", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  await client.disconnect();
  const ban = { kind: "login_failure", number: clinic.number, code: 402, banCode: 104, expire: 3600e9, count: 1 };
  await simulator.inject(ban);
  client.connect();
  const failure = await client.node("failure", ({ tag }) => tag === "failure");
  assert.equal(failure.attrs.reason, "402");
  assert.equal(failure.attrs.code, "104");
  assert.equal(failure.attrs.expire, "3600");
});

test("stream error 503, then a login", async () => {
  const clinic = await simulator.phone("Clinic");
  const client = await Client.linked(simulator, clinic);
  const since = client.mark();
  await clinic.do("end", { code: 503 });
  assert.equal(await client.closed(since), 503);
  await client.reconnect();
});

test("cut connections and a server that restarts without memory", async () => {
  const [clinic, ana] = [await simulator.phone("Clinic"), await simulator.phone("Ana")];
  const client = await Client.linked(simulator, clinic);
  let since = client.mark();
  await clinic.do("drop");
  await client.closed(since);
  await client.reconnect();
  since = client.mark();
  await simulator.call("POST", "/server/stop");
  await client.closed(since);
  await simulator.call("POST", "/server/start", { memory: false });
  await client.reconnect();
  await ana.send(clinic, "after the restart");
  await client.text("after the restart");
});
