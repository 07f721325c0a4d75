import type {
  Content,
  Conversation,
  Device,
  HistoryProgress,
  LateMessage,
  Media,
  Message,
  Pairing,
  Settings,
  StateChange,
  Subaccount,
  Uptime,
} from "../api/types";

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
    media: null,
    author: "",
    authorKey: 0,
    content: null,
    edited: 0,
    deleted: null,
    reactions: [],
    ...part,
  };
}

/** What a message holds, with what a test wants otherwise: nothing. */
export function sampleContent(part: Partial<Content> = {}): Content {
  return {
    reply: null,
    forwarded: 0,
    mentions: [],
    once: false,
    timer: 0,
    preview: null,
    file: null,
    place: null,
    cards: [],
    poll: null,
    event: null,
    invite: null,
    call: null,
    line: null,
    unknown: "",
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

/** How far a history has come that is on its way, with what a test wants otherwise. */
export function samplePast(part: Partial<HistoryProgress> = {}): HistoryProgress {
  return {
    device: 1,
    subaccount: 1,
    percent: 40,
    waiting: 0,
    refused: 0,
    why: "",
    chats: 34,
    messages: 2104,
    done: false,
    ...part,
  };
}

/** A subaccount that does as the workspace does, with what a test wants otherwise. */
export function sampleSubaccount(part: Partial<Subaccount> = {}): Subaccount {
  const hours = { on: false, days: [false, true, true, true, true, true, false], from: 540, to: 1080, zone: "" };
  return {
    id: 1,
    name: "Clínica Vida",
    initials: "CV",
    colour: "teal",
    position: 0,
    notify: "",
    fetch: { pictures: true, voice: true, videos: false, documents: false, max: 5 << 20 },
    keepDeleted: true,
    hours,
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
    proxy: "",
    linked: 1,
    lastIn: 0,
    lastOut: 0,
    notify: "",
    phoneSeen: 0,
    ...part,
  };
}

/** A row of a device's history, with what a test wants otherwise. */
export function sampleChange(part: Partial<StateChange> = {}): StateChange {
  return {
    id: 1,
    at: 0,
    end: 0,
    slept: 0,
    from: "online",
    to: "online",
    status: "connected",
    until: 0,
    try: 0,
    reason: "",
    code: 0,
    proxy: "",
    ...part,
  };
}

/** A week of uptime without an outage, with what a test wants otherwise. */
export function sampleUptime(part: Partial<Uptime> = {}): Uptime {
  const to = 7 * 24 * 60 * 60_000;
  const strip = [{ from: 0, to, status: "connected" }];
  return { device: 1, from: 0, to, share: 1, business: -1, down: 0, outages: 0, median: 0, strip, ...part };
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

/** A message that was due in a sleep, with what a test wants otherwise. */
export function sampleLate(part: Partial<LateMessage> = {}): LateMessage {
  return {
    id: 1,
    conversation: 1,
    subaccount: 1,
    device: 1,
    title: "Ana Beltrán",
    text: "Your table is ready.",
    due: 1000,
    uncertain: false,
    ...part,
  };
}

/** The settings of a new workspace, with what a test wants otherwise. */
export function sampleSettings(part: Partial<Settings> = {}): Settings {
  return {
    theme: "system",
    language: "",
    notifyOfflineAfterMs: 30_000,
    readReceipts: true,
    notify: "",
    quiet: { on: false, from: 1320, to: 420, attention: false },
    notifyPausedUntil: 0,
    notifySound: false,
    keepAwake: false,
    undoMs: 5000,
    closeQuits: false,
    ...part,
  };
}

/** What is here of a picture that nobody has asked for, with what a test wants otherwise. */
export function sampleMedia(part: Partial<Media> = {}): Media {
  return { state: "", why: "", type: "", name: "", size: 1000, width: 800, height: 600, thumbnail: true, ...part };
}
