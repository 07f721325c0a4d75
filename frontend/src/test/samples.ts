import type { Conversation, Device, Message, Pairing } from "../api/types";

/** A message that came in, with what a test wants otherwise. */
export function sampleMessage(part: Partial<Message> = {}): Message {
  return {
    id: 1,
    conversation: 1,
    subaccount: 1,
    device: 1,
    out: false,
    fromPhone: false,
    operator: 0,
    kind: "text",
    text: "Hello",
    long: false,
    at: 1000,
    state: "received",
    failCode: "",
    ...part,
  };
}

/** A conversation without messages, with what a test wants otherwise. */
export function sampleConversation(part: Partial<Conversation> = {}): Conversation {
  return {
    id: 1,
    subaccount: 1,
    title: "Ana Beltrán",
    number: "+34 600 000 144",
    group: false,
    unread: 0,
    draft: "",
    at: 1000,
    last: null,
    ...part,
  };
}

/** A device that is connected, with what a test wants otherwise. */
export function sampleDevice(part: Partial<Device> = {}): Device {
  return {
    id: 1,
    subaccount: 1,
    slot: 1,
    label: "Reception",
    purpose: "support",
    priority: "medium",
    favorite: false,
    colour: "",
    number: "+34 600 000 013",
    name: "",
    status: "connected",
    cause: "online",
    next: "",
    since: 0,
    until: 0,
    nextTry: 0,
    try: 0,
    reason: "",
    code: 0,
    step: 0,
    linked: 1,
    lastIn: 0,
    lastOut: 0,
    ...part,
  };
}

/** A pairing that shows its first code, with what a test wants otherwise. */
export function samplePairing(part: Partial<Pairing> = {}): Pairing {
  return {
    device: 1,
    subaccount: 1,
    kind: "showing",
    qr: { size: 1, bits: "1" },
    asked: "",
    code: "",
    n: 1,
    total: 6,
    shown: 0,
    expires: 60_000,
    number: "",
    name: "",
    expected: "",
    holder: null,
    problem: null,
    ...part,
  };
}
