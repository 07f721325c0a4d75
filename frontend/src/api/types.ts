// The shapes that cross between the engine and the interface, as in backend/bridge/data.go. Times are milliseconds since
// 1970 (0: none), ids are numbers, lists are never null.

export type Status = "attention" | "offline" | "pending" | "connected";

/** What the window is showing. */
export interface AppInfo {
  version: string;
  mode: "desktop" | "serve";
  /** The demo workspace: banner and side panel. */
  demo: boolean;
  /** A simulator stands in for WhatsApp: striped frame and banner. */
  simulated: boolean;
  dataDir: string;
  platform: string;
  /** Set when the workspace could not be opened; then nothing else works. */
  problem: Problem | null;
  /** This computer's clock is far from WhatsApp's. */
  clockWrong: boolean;
  /** Where players get the files of messages, before "/media/…"; "" is where the page is from. */
  players: string;
  /** Where a damaged database can be replaced: by what, newest first. */
  backups: Backup[];
}

/** A copy of the database. */
export interface Backup {
  name: string;
  /** When it was made. */
  at: number;
}

/** Where the window goes when it is closed and the devices stay connected. */
export type Refuge = "tray" | "taskbar" | "dock";

/** Whether Waflow starts with the system: "" where this workspace does not, "other" when another copy of it does. */
export type Startup = "" | "off" | "on" | "other";

/** An error as it crosses: the sentence is chosen by code and detail, `message` is what is shown otherwise. */
export interface Problem {
  code: string;
  message: string;
  detail: Record<string, string>;
  action: string;
}

/** Everything that the rail, the fleet and the settings show, as of sequence number `seq`. */
export interface Snapshot {
  seq: number;
  subaccounts: Subaccount[];
  devices: Device[];
  /** Those that conversations still name. */
  removed: RemovedDevice[];
  /** One per subaccount that has any. */
  unread: Unread[];
  settings: Settings;
  rest: Rest;
  /** Those going on. */
  pairings: Pairing[];
  /** Newest last, at most 100. */
  notices: Notice[];
  /** Those with a higher id are unread. */
  noticesRead: number;
  /** Of devices whose phones hand over theirs, or have. */
  history: HistoryProgress[];
}

/** What messages are told to have come from when their device was removed and its conversations were kept. */
export interface RemovedDevice {
  id: number;
  subaccount: number;
  slot: number;
  label: string;
}

/** A tile of the rail. */
export interface Subaccount {
  id: number;
  name: string;
  initials: string;
  colour: string;
  position: number;
  /** Whether its devices are told of: "" as the workspace. */
  notify: NotifySwitch;
  /** What messages said is kept when they are deleted for everyone. */
  keepDeleted: boolean;
  hours: BusinessHours;
  fetch: FetchPolicy;
}

/** Which files of a subaccount are fetched as they come; the others are when somebody asks for them. */
export interface FetchPolicy {
  /** And stickers. */
  pictures: boolean;
  voice: boolean;
  /** And GIFs. */
  videos: boolean;
  /** And audio files. */
  documents: boolean;
  /** Bytes of the largest. */
  max: number;
}

/** When a subaccount does business, by what the clock on the wall shows in a place. */
export interface BusinessHours {
  /** Else there are none, and the rest is what the next ones begin with. */
  on: boolean;
  /** The seven days on which they may begin, Sunday first. */
  days: boolean[];
  /** Minutes since midnight. */
  from: number;
  /** The same; on the next day where it is not after `from`. */
  to: number;
  /** "Europe/Lisbon"; "" is the computer's own. */
  zone: string;
}

/** How much of a subaccount has not been read. */
export interface Unread {
  subaccount: number;
  messages: number;
  conversations: number;
}

/** A row of the fleet. */
export interface Device {
  id: number;
  subaccount: number;
  /** 0 until first linked. */
  slot: number;
  label: string;
  purpose: string;
  priority: string;
  favorite: boolean;
  /** Its own mark, "" for none. */
  colour: string;
  /** Formatted internationally, "" until linked. */
  number: string;
  /** Business or push name. */
  name: string;
  status: Status;
  cause: string;
  /** The next action. */
  next: string;
  since: number;
  until: number;
  nextTry: number;
  try: number;
  reason: string;
  code: number;
  step: number;
  /** Host and port of the proxy that failed; `reason` says why. */
  proxy: string;
  linked: number;
  lastIn: number;
  lastOut: number;
  /** Whether it is told of: "" as its subaccount. */
  notify: NotifySwitch;
  /** When the phone of the number last gave a sign of life; 0 if never. */
  phoneSeen: number;
}

/** The editable parts of a device; a part that is null stays as it is. */
export interface DeviceSettings {
  label: string | null;
  purpose: string | null;
  priority: string | null;
  favorite: boolean | null;
  colour: string | null;
  notify: NotifySwitch | null;
}

/** What goes when a device is removed. */
export interface RemovalLoss {
  /** Conversations that only this device carried. */
  conversations: number;
  /** Conversations that another device carried too; they stay. */
  shared: number;
  /** Messages that only this device carried. */
  messages: number;
  /** Messages that have not been sent. */
  waiting: number;
  /** Copies of the database, which still hold what is erased. */
  backups: number;
}

/** How a device is removed: with its conversations or without, and what was typed to erase them. */
export interface Removal {
  erase: boolean;
  label: string;
}

/** What became of a device that was removed. */
export interface Removed {
  /** Else a person has to remove Waflow on the phone. */
  phoneTold: boolean;
}

export type BulkAction = "pause" | "resume" | "try_now";

/** What became of one of several devices; `problem` says why it was refused. */
export interface BulkOutcome {
  device: number;
  problem: Problem | null;
}

/** One row of a device's history. `from` and `to` are causes. */
export interface StateChange {
  id: number;
  at: number;
  /** When the next state took over; 0 while this one lasts. */
  end: number;
  /** For how long the computer slept before it, in milliseconds. */
  slept: number;
  from: string;
  to: string;
  status: Status;
  until: number;
  try: number;
  reason: string;
  code: number;
  /** Host and port of the proxy that failed; `reason` says why. */
  proxy: string;
}

export type ProxyScheme = "http" | "https" | "socks5";

/** A device's proxy; its password never comes here. */
export interface Proxy {
  /** "" where connections are direct. */
  scheme: ProxyScheme | "";
  host: string;
  port: number;
  user: string;
  passwordSet: boolean;
}

/** A proxy as a person wants it. */
export interface ProxyWish {
  scheme: ProxyScheme;
  host: string;
  port: number;
  user: string;
  password: string;
  /** Use the password that is kept already, for the same proxy only. */
  keepPassword: boolean;
}

/** What became of a wish: a proxy is saved only when WhatsApp was reached through it. */
export interface ProxyOutcome {
  saved: boolean;
  /** Why there is no way through it; "" when it was saved. */
  trouble: string;
  /** The one in use after this. */
  proxy: Proxy;
}

/** A part of a device's history, newest first. */
export interface ChangePage {
  changes: StateChange[];
  /** There are older ones. */
  more: boolean;
  /** Those that began in the time of these changes. */
  gaps: Gap[];
}

/** A time in which nothing could arrive at a device, and what is known of it. */
export interface Gap {
  id: number;
  from: number;
  /** 0 while it lasts. */
  to: number;
  relinked: boolean;
  state: "open" | "ended" | "checking" | "verified" | "not_provable";
  /** Messages that arrived when it was over. */
  late: number;
  /** Messages that the phone handed over when it was asked, or after a new link. */
  found: number;
  /** Conversations that are not compared with the phone yet, and may have a hole. */
  doubts: number;
  /** The first of those, in a page of a gap that could not be proved. */
  chats: Conversation[];
}

/** A stretch of an uptime strip with one status; "" before the first link. */
export interface StripBlock {
  from: number;
  to: number;
  status: string;
}

/** How much of the last days a device was up. Lengths are milliseconds. */
export interface Uptime {
  device: number;
  from: number;
  to: number;
  /** 0 to 1; -1 where no time is counted, because the device was not linked. */
  share: number;
  /** The share of the subaccount's business hours; -1 where it has none, or none of them is counted. */
  business: number;
  down: number;
  outages: number;
  /** Of the outages that are over; 0 without one. */
  median: number;
  strip: StripBlock[];
}

/** One day of an uptime report; share is as in Uptime. */
export interface UptimeDay {
  at: number;
  share: number;
  down: number;
  outages: number;
}

/** How long and how often a cause kept a device down. */
export interface CauseTime {
  cause: string;
  time: number;
  times: number;
}

/** The uptime of one device in detail. */
export interface UptimeReport {
  uptime: Uptime;
  /** Oldest first. */
  days: UptimeDay[];
  /** What it was down for, longest first. */
  causes: CauseTime[];
}

export type PairingKind =
  "waiting" | "showing" | "code" | "scanned" | "passkey" | "used_up" | "linked" | "refused" | "failed" | "cancelled";

/** Where a link dialog stands. */
export interface Pairing {
  device: number;
  subaccount: number;
  kind: PairingKind;
  /** When kind is "showing". */
  qr: QR | null;
  /** The number that a code was asked for, formatted; "" when a QR code is scanned. */
  asked: string;
  /** When kind is "code": what is typed into the phone, "XXXX-XXXX". */
  code: string;
  n: number;
  total: number;
  /** When this step began. */
  shown: number;
  /** When this code runs out. */
  expires: number;
  /** Who scanned, formatted. */
  number: string;
  name: string;
  /** Relink: the number that must scan, formatted. */
  expected: string;
  /** When kind is "refused". */
  holder: Holder | null;
  /** When kind is "refused" or "failed". */
  problem: Problem | null;
}

/** The bitmap of a QR code without quiet zone: size × size modules, row by row, "1" is dark. */
export interface QR {
  size: number;
  bits: string;
}

/** Who already has the number that was scanned. */
export interface Holder {
  subaccount: number;
  subaccountName: string;
  device: number;
  deviceLabel: string;
  slot: number;
  number: string;
  since: number;
  conversations: number;
}

/** A row of the inbox. */
export interface Conversation {
  id: number;
  subaccount: number;
  /** The contact's name; the number where there is none, "" if only a LID is known. */
  title: string;
  /** Formatted; "" if only a LID is known. */
  number: string;
  group: boolean;
  unread: number;
  draft: string;
  at: number;
  /** Its text cut to 200 characters. */
  last: Message | null;
}

export type MessageState =
  "received" | "scheduled" | "queued" | "sending" | "uncertain" | "sent" | "delivered" | "read" | "played" | "failed";

/** A bubble of a thread. */
export interface Message {
  id: number;
  conversation: number;
  subaccount: number;
  device: number;
  out: boolean;
  fromPhone: boolean;
  operator: number;
  kind: string;
  text: string;
  /** `text` is only the beginning; inbox.fullText has the rest. */
  long: boolean;
  at: number;
  state: MessageState;
  failCode: string;
  /** Of its file, null if it has none. */
  media: Media | null;
  /** In a group: who wrote it, a name or a number; "" where it is ours. */
  author: string;
  /** Tells the authors of a group apart. */
  authorKey: number;
  /** What it holds besides the text, null if nothing. */
  content: Content | null;
  /** When the text was last changed, 0 if never; inbox.versions has the earlier ones. */
  edited: number;
  /** Null unless it was deleted for everyone. */
  deleted: Deletion | null;
  reactions: Reaction[];
}

/** What a message holds besides its text: parts that it does not have are null. */
export interface Content {
  reply: Reply | null;
  /** 0: not, 1: forwarded, 2: many times. */
  forwarded: number;
  mentions: { token: string; name: string }[];
  /** It opens once, on the phone. */
  once: boolean;
  /** Seconds after which it disappears. */
  timer: number;
  preview: { url: string; title: string; description: string } | null;
  file: FileInfo | null;
  place: Place | null;
  cards: { name: string; numbers: string[] }[];
  poll: Poll | null;
  event: EventInfo | null;
  invite: { name: string; expires: number } | null;
  call: { video: boolean; group: boolean } | null;
  line: Line | null;
  /** WhatsApp's own name of what only the phone shows. */
  unknown: string;
}

/** What a message answers. `message` is 0 while that is not here. */
export interface Reply {
  message: number;
  name: string;
  ours: boolean;
  kind: string;
  text: string;
}

/** What is known of a file without having it. */
export interface FileInfo {
  mime: string;
  name: string;
  /** Bytes. */
  size: number;
  seconds: number;
  pages: number;
  /** Loudness, 0 to 100. */
  waveform: number[];
  animated: boolean;
  round: boolean;
}

/** What is here of a message's file, which is served at /media/<message>, its small picture at /media/<message>/thumbnail. */
export interface Media {
  /** "" until somebody asks for it. */
  state: "" | "wanted" | "here" | "gone" | "refused";
  /** The code of why it is gone or refused. */
  why: string;
  /** Of what is here, by its content. */
  type: string;
  /** Of a document, by its sender. */
  name: string;
  /** Bytes; its sender's word until it is here. */
  size: number;
  /** Pixels, by its sender's word; 0 if unknown. */
  width: number;
  height: number;
  /** There is a small picture. */
  thumbnail: boolean;
}

export interface Place {
  latitude: number;
  longitude: number;
  /** Metres. */
  accuracy: number;
  name: string;
  address: string;
  live: boolean;
}

/** A poll's question is the text of its message. `max` is how many options one may choose, 0 for any number. */
export interface Poll {
  options: { text: string; votes: number; ours: boolean }[];
  max: number;
  voters: number;
}

/** An event's name is the text of its message. */
export interface EventInfo {
  description: string;
  place: string;
  link: string;
  starts: number;
  ends: number;
  cancelled: boolean;
}

/** Something in a conversation that nobody wrote. `us`: we are among the people. */
export interface Line {
  kind: string;
  actor: string;
  ours: boolean;
  people: string[];
  us: boolean;
  text: string;
  seconds: number;
}

export interface Reaction {
  emoji: string;
  count: number;
  ours: boolean;
}

export interface Deletion {
  at: number;
  by: "sender" | "admin" | "us";
  name: string;
}

/** A text that a message had before. */
export interface Version {
  text: string;
  at: number;
}

/** Who put what on a message, oldest first; votes once for each option. */
export interface Remarks {
  reactions: Remark[];
  votes: Remark[];
}

export interface Remark {
  what: string;
  name: string;
  ours: boolean;
}

/** Why a message of a thread has not gone. */
export interface Waiting {
  message: number;
  /** That it goes from. */
  device: number;
  /** "undo", "scheduled", "late", "device", "uncertain", "behind"; "" if it goes now. Others may come. */
  hold: string;
  /** When that ends; 0 if nobody knows. */
  until: number;
  /** "2026-11-24T08:00": the time that was chosen, "" if none was. */
  wall: string;
  /** The time zone of `wall`. */
  zone: string;
}

/** What returns to the composer when a message is taken back. */
export interface TakenBack {
  /** The message's, whole. */
  text: string;
  /** Of the conversation, with that text. */
  draft: string;
}

/** What is proposed for sending something later. */
export interface ScheduleTimes {
  zone: string;
  /** The zone is the contact's and another one than the operator's. */
  theirs: boolean;
  /** What a clock shows there. */
  now: string;
  presets: SchedulePreset[];
}

/** A proposed time. */
export interface SchedulePreset {
  kind: "today" | "tomorrow" | "two_hours" | "monday";
  wall: string;
}

/** What a chosen time means. */
export interface ScheduleMoment {
  at: number;
  rule: "exact" | "skipped" | "twice";
  /** It can't be chosen: "past", "far", "skipped"; "" if it can. */
  why: string;
}

/** A part of the inbox, newest first. `next` is the cursor of the following page, "" at the end. */
export interface ConversationPage {
  seq: number;
  items: Conversation[];
  next: string;
  total: number;
}

/** A part of a conversation, oldest first. `before` is the cursor of what is older, "" at the beginning. */
export interface Thread {
  seq: number;
  messages: Message[];
  before: string;
  /** The cursor of what is newer, "" at the end. */
  after: string;
  total: number;
  /** At the beginning: a phone may have older messages. */
  more: boolean;
}

/** What messages are looked for. 0, "" and an empty list stand for everything. */
export interface SearchQuery {
  text: string;
  subaccount: number;
  device: number;
  conversation: number;
  kinds: string[];
  /** Milliseconds since 1970; `to` itself is not asked for. */
  from: number;
  to: number;
  direction: "" | "in" | "out";
  /** Who wrote it. */
  contact: number;
  cursor: string;
  limit: number;
}

/** A part of the messages that were found, newest first. `next` is the cursor of the following page, "" at the end. */
export interface SearchPage {
  hits: Hit[];
  next: string;
  /** What was typed holds nothing to search for. */
  nothing: boolean;
  /** So many of the oldest messages have not been looked at yet. */
  unread: number;
}

/** A message that was found. */
export interface Hit {
  message: Message;
  conversation: Conversation;
  /** What is shown of it, cut at what was found. */
  parts: { text: string; found: boolean }[];
}

/** Conversations that a name or a number found, newest first, and how many there are in all. */
export interface NamePage {
  items: Conversation[];
  total: number;
}

/** What asking the phones of a conversation for older messages came to. */
export interface Older {
  /** Messages that were not here before. */
  found: number;
  /** There may be older ones still. */
  more: boolean;
  /** Devices that are not connected, so that their phones could not be asked. */
  away: number[];
  /** Devices whose phones did not answer. */
  silent: number[];
  /** The cursor of a page that begins with what came. */
  before: string;
}

/** How far what the phone of a device hands over by itself is here. */
export interface HistoryProgress {
  device: number;
  subaccount: number;
  /** How far the phone has come, as it says. */
  percent: number;
  /** Pieces that are not kept yet. */
  waiting: number;
  /** Pieces that can't be kept. */
  refused: number;
  /** The code of why the last of those can't; "" if there is none. */
  why: string;
  chats: number;
  messages: number;
  /** Nothing more is to come. */
  done: boolean;
}

/** Which device an answer goes from, and why. */
export interface Route {
  /** 0: none. */
  device: number;
  /** "wrote_first", "favourite", "priority", "only", "none". */
  reason: string;
  /** It can send right now; else the message waits in the outbox. */
  sends: boolean;
}

/** The workspace's own choices. */
export interface Settings {
  theme: string;
  language: string;
  notifyOfflineAfterMs: number;
  readReceipts: boolean;
  /** Whether devices are told of where neither they nor their subaccounts say otherwise; "" is on. */
  notify: NotifySwitch;
  quiet: Quiet;
  /** Until when a person holds notifications back; 0 if nobody does. */
  notifyPausedUntil: number;
  /** Whether notifications are heard; not in quiet hours. */
  notifySound: boolean;
  keepAwake: boolean;
  /** How long what is sent can be taken back: 0, 3000 or 5000. */
  undoMs: number;
  /** Closing the window quits; else the devices stay connected. */
  closeQuits: boolean;
}

/** Whether the computer is kept awake: nobody asked, it is, it is not plugged in, the system does not let us. */
export type AwakeState = "off" | "held" | "battery" | "refused";

/** What there is to say about the computer's sleep. */
export interface Rest {
  /** The newest, newest first. */
  sleeps: SleepSpan[];
  /** Messages that were due in a sleep and wait for an answer, oldest first, 200 at most. */
  late: LateMessage[];
  /** How many wait in all. */
  waits: number;
  awake: AwakeState;
}

/** A time for which the computer slept. */
export interface SleepSpan {
  from: number;
  to: number;
}

/** A message that was due while the computer slept. */
export interface LateMessage {
  id: number;
  conversation: number;
  subaccount: number;
  device: number;
  /** Of the conversation. */
  title: string;
  text: string;
  due: number;
  /** It may have gone before the sleep: it cannot be taken back. */
  uncertain: boolean;
}

/** Whether notifications are shown; "" does as the level above. */
export type NotifySwitch = "" | "on" | "off";

/** The part of every day in which notifications are held back, in minutes since midnight by the computer's clock. */
export interface Quiet {
  on: boolean;
  from: number;
  to: number;
  /** What requires attention is told nevertheless. */
  attention: boolean;
}

export type NoticeKind = "offline" | "attention" | "back" | "several" | "digest";

/** A notification about devices, several at once as one. */
export interface Notice {
  id: number;
  kind: NoticeKind;
  at: number;
  items: NoticeItem[];
}

/** One device in a notice. */
export interface NoticeItem {
  subaccount: number;
  device: number;
  kind: NoticeKind;
  cause: string;
}

/** A file that is attached to what is written. */
export interface Attachment {
  id: string;
  /** What it goes as by itself: "image", "video", "audio", "voice" or "document". */
  kind: string;
  name: string;
  /** Bytes, as it goes by itself. */
  size: number;
  /** Bytes, as a document. */
  whole: number;
  /** It can go as a document instead. */
  choice: boolean;
  /** The code of why it goes as a document only; "" for no reason. */
  why: string;
  /** Of what plays. */
  seconds: number;
  /** It can have a caption. */
  captions: boolean;
}

/** What the page knows of a file and its bytes do not tell in plain. */
export interface AttachmentHints {
  /** It was recorded here, as a voice note. */
  voice: boolean;
  /** Its loudness from 0 to 100. */
  waveform: number[];
  /** How long it plays, 0 if unknown. */
  seconds: number;
}

/** An attached file that is to go. */
export interface OutgoingFile {
  attachment: string;
  /** Its bytes are to go as they are. */
  document: boolean;
  caption: string;
}

/** How far the file of a message is, in bytes. */
export interface Upload {
  sent: number;
  size: number;
}

/**
 * What changed since the one before. `first` is the sequence number before its changes, `seq` the one after. Batches may
 * arrive out of order.
 */
export interface Batch {
  first: number;
  seq: number;
  /** Too much changed to tell: only a new snapshot tells it. */
  reset: boolean;
  changes: Change[];
}

/** One thing that is new, different or gone. `topic` says what `value` holds. */
export interface Change {
  topic: string;
  id: number;
  gone: boolean;
  value: unknown;
}

/** What the side panel shows of the simulated phones. */
export interface DemoState {
  phones: DemoPhone[];
}

/** A simulated phone: one of ours that can be linked, or a contact's. */
export interface DemoPhone {
  /** International digits with "+". */
  number: string;
  /** The number, formatted. */
  shown: string;
  name: string;
  ours: boolean;
  network: boolean;
  /** How many companions it has. */
  linked: number;
  /** It reads and answers by itself. */
  answers: boolean;
  chats: DemoChat[];
}

/** A chat as the simulated phone shows it, oldest message first. */
export interface DemoChat {
  peer: string;
  peerName: string;
  messages: DemoMessage[];
}

/** A message on a simulated phone. */
export interface DemoMessage {
  id: string;
  /** As of a message: "text", "image" and so on. */
  kind: string;
  out: boolean;
  text: string;
  at: number;
  /** "sent", "delivered", "read". */
  tick: string;
}

/** A person as one subaccount knows them. */
export interface Contact {
  name: string;
  /** Written as people do, the one of now first. */
  numbers: string[];
  /** The contacts that were taken for this one, the newest first. */
  merges: ContactMerge[];
}

/** A contact that was taken for the same person as another one. */
export interface ContactMerge {
  id: number;
  at: number;
  /** A name or a number, "" where neither was known. */
  name: string;
  /** How many messages were its own. */
  messages: number;
}

/** Two conversations that were one. */
export interface Parted {
  kept: number;
  apart: number;
}

/** What a workspace takes on its disk, in bytes. */
export interface StorageUse {
  subaccounts: FileUse[];
  messages: number;
  backups: number;
  sessions: number;
  /** On the disk; negative where nobody knows. */
  free: number;
}

/** What the files of a subaccount take, in bytes. */
export interface FileUse {
  subaccount: number;
  pictures: number;
  videos: number;
  voice: number;
  documents: number;
  /** By which they are cleaned up each day. */
  rule: CleanRule;
}

/** Which files may go; zeros keep everything. */
export interface CleanRule {
  /** Those whose newest message is older. */
  days: number;
  /** The oldest, until the rest is not larger. */
  bytes: number;
}

/** What goes, or went. */
export interface Cleanup {
  files: number;
  bytes: number;
  /** The conversations with the most. */
  most: { conversation: number; title: string; files: number; bytes: number }[];
}
