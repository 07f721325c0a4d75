// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { proto } from "baileys";

import { Client } from "../support/client.js";
import { Simulator } from "../support/simulator.js";
import { eventually } from "../support/waiting.js";

const simulator = await Simulator.forThisFile();
const { DELIVERY_ACK, READ } = proto.WebMessageInfo.Status;

test("a phone scans the QR code, the client is linked, logs in and talks", async () => {
  const clinic = await simulator.phone("+34600000013", "Clinic");
  const ana = await simulator.phone("+34600000021", "Ana");
  await ana.send(clinic, "before");
  const client = await Client.linked(simulator, clinic);
  const { devices } = await clinic.view();
  assert.deepEqual(
    devices.map(({ id, connected }) => [id, connected]),
    [[1, true]],
  );
  await ana.send(clinic, "hello");
  const hello = await client.text("hello");
  await client.socket.readMessages([hello.key]);
  const id = await client.send(ana.jid, { text: "and you?" });
  await client.status(id, DELIVERY_ACK);
  await ana.do("read", { peer: clinic.number });
  await client.status(id, READ);
  await eventually(
    "read",
    () => ana.messages(clinic),
    (m) => m.some((x) => x.text === "hello" && x.state === "read"),
  );
});
