import { postBytes } from "./bytes";
import type { Transport } from "./transport";
import type {
  AppInfo,
  Attachment,
  AttachmentHints,
  ChangePage,
  CleanRule,
  Cleanup,
  BulkAction,
  BusinessHours,
  BulkOutcome,
  Contact,
  ConversationPage,
  DemoPhone,
  DemoState,
  Device,
  DeviceSettings,
  FetchPolicy,
  Message,
  NamePage,
  NotifySwitch,
  Older,
  OutgoingFile,
  Pairing,
  Parted,
  Proxy,
  ProxyOutcome,
  ProxyWish,
  Refuge,
  Removal,
  RemovalLoss,
  Remarks,
  Removed,
  Rest,
  Route,
  ScheduleMoment,
  ScheduleTimes,
  SearchPage,
  SearchQuery,
  Settings,
  Snapshot,
  Startup,
  StorageUse,
  Subaccount,
  TakenBack,
  Thread,
  Uptime,
  UptimeReport,
  Version,
  Waiting,
} from "./types";

/** The engine's facades, each method a call. Every promise rejects with a CallError. */
export type Calls = ReturnType<typeof callsOver>;

/** The engine's facades over a transport. Ids are numbers; 0 stands for "all subaccounts". */
export function callsOver(transport: Transport) {
  const call = <T>(method: string, ...args: unknown[]) => transport.call(method, args) as Promise<T>;
  const act = async (method: string, ...args: unknown[]): Promise<void> => {
    await transport.call(method, args);
  };
  return {
    app: {
      info: () => call<AppInfo>("App.Info"),
      snapshot: () => call<Snapshot>("App.Snapshot"),
      openLink: (url: string) => act("App.OpenLink", url),
      openDemo: () => act("App.OpenDemo"),
      /** Puts a backup in the place of a damaged database, which is kept. */
      restore: (backup: string) => act("App.Restore", backup),
      readNotices: (upTo: number) => act("App.ReadNotices", upTo),
    },
    fleet: {
      createSubaccount: (name: string) => call<Subaccount>("Fleet.CreateSubaccount", name),
      renameSubaccount: (id: number, name: string) => call<Subaccount>("Fleet.RenameSubaccount", id, name),
      notifySubaccount: (id: number, notify: NotifySwitch) => call<Subaccount>("Fleet.NotifySubaccount", id, notify),
      setBusinessHours: (id: number, hours: BusinessHours) => call<Subaccount>("Fleet.SetBusinessHours", id, hours),
      setFetchPolicy: (id: number, policy: FetchPolicy) => call<Subaccount>("Fleet.SetFetchPolicy", id, policy),
      keepDeleted: (id: number, keep: boolean) => call<Subaccount>("Fleet.KeepDeleted", id, keep),
      createDevice: (subaccount: number, label: string, purpose: string) =>
        call<Device>("Fleet.CreateDevice", subaccount, label, purpose),
      updateDevice: (id: number, settings: DeviceSettings) => call<Device>("Fleet.UpdateDevice", id, settings),
      removalLoss: (id: number) => call<RemovalLoss>("Fleet.RemovalLoss", id),
      removeDevice: (id: number, how: Removal) => call<Removed>("Fleet.RemoveDevice", id, how),
      /** The same for several devices; each has its own answer. */
      together: (action: BulkAction, devices: readonly number[]) =>
        call<BulkOutcome[]>("Fleet.Together", action, devices),
      tryNow: (id: number) => act("Fleet.TryNow", id),
      pause: (id: number) => act("Fleet.Pause", id),
      resume: (id: number) => act("Fleet.Resume", id),
      takeBack: (id: number) => act("Fleet.TakeBack", id),
      checkNow: (id: number) => act("Fleet.CheckNow", id),
      unlink: (id: number) => act("Fleet.Unlink", id),
    },
    timeline: {
      /** Of the last 7 or 30 days, of every device that has a history. */
      fleet: (days: number) => call<Uptime[]>("Timeline.Fleet", days),
      report: (device: number, days: number) => call<UptimeReport>("Timeline.Report", device, days),
      /** A page of changes older than the one with the id `before`; the newest if that is 0. */
      changes: (device: number, before: number, problems: boolean, limit: number) =>
        call<ChangePage>("Timeline.Changes", device, before, problems, limit),
      /** Asks the phone anew about a gap that could not be proved. */
      checkGap: (device: number, gap: number) => act("Timeline.CheckGap", device, gap),
    },
    pairing: {
      start: (device: number) => call<Pairing>("Pairing.Start", device),
      cancel: (device: number) => act("Pairing.Cancel", device),
      renew: (device: number) => call<Pairing>("Pairing.Renew", device),
      /** A code for the phone with a number as it was written, or with the device's own when that is "". */
      showCode: (device: number, number: string) => call<Pairing>("Pairing.ShowCode", device, number),
      current: (device: number) => call<Pairing>("Pairing.Current", device),
    },
    inbox: {
      conversations: (subaccount: number, cursor: string, limit: number) =>
        call<ConversationPage>("Inbox.Conversations", subaccount, cursor, limit),
      thread: (conversation: number, cursor: string, limit: number) =>
        call<Thread>("Inbox.Thread", conversation, cursor, limit),
      /** The whole text of a message that a thread shows cut. */
      fullText: (message: number) => call<string>("Inbox.FullText", message),
      /** The texts that a message had before it was edited, oldest first. */
      versions: (message: number) => call<Version[]>("Messages.Versions", message),
      remarks: (message: number) => call<Remarks>("Messages.Remarks", message),
      /** Has the file of a message fetched before all others. */
      fetchFile: (message: number) => act("Attachments.Fetch", message),
      /** Asks where the file of a message is to go and puts it there; refused where a browser shows the interface. */
      saveFile: (message: number) => call<boolean>("Attachments.Save", message),
      /** Who a conversation is with, with all their numbers. */
      contact: (conversation: number) => call<Contact>("Contacts.Of", conversation),
      /** Makes two contacts of one again. */
      part: (merge: number) => call<Parted>("Contacts.Part", merge),
      /** Undoes that. */
      joinAgain: (kept: number, apart: number) => act("Contacts.Join", kept, apart),
      send: (conversation: number, text: string) => call<Message>("Inbox.Send", conversation, text),
      retry: (message: number) => call<Message>("Inbox.Retry", message),
      /** The conversations in which something has not been sent yet. */
      unsent: (subaccount: number, cursor: string, limit: number) =>
        call<ConversationPage>("Inbox.Unsent", subaccount, cursor, limit),
      /** Why the messages that have not gone wait. */
      waiting: (conversation: number) => call<Waiting[]>("Inbox.Waiting", conversation),
      /** Proposes times for sending something later; the zone is the operator's. */
      times: (conversation: number, zone: string) => call<ScheduleTimes>("Inbox.Times", conversation, zone),
      /** What a time means that a clock shows in a zone. */
      moment: (wall: string, zone: string) => call<ScheduleMoment>("Inbox.Moment", wall, zone),
      schedule: (conversation: number, text: string, wall: string, zone: string) =>
        call<Message>("Inbox.Schedule", conversation, text, wall, zone),
      /** Only until its time has come, as sendNow. */
      reschedule: (message: number, wall: string, zone: string) =>
        call<Message>("Inbox.Reschedule", message, wall, zone),
      sendNow: (message: number) => call<Message>("Inbox.SendNow", message),
      /** Only while it is scheduled or queued, or when it has failed. Its text returns to the draft. */
      cancel: (message: number) => call<TakenBack>("Inbox.Cancel", message),
      markRead: (conversation: number, upTo: number) => act("Inbox.MarkRead", conversation, upTo),
      setDraft: (conversation: number, text: string) => act("Inbox.SetDraft", conversation, text),
      route: (conversation: number) => call<Route>("Inbox.Route", conversation),
      /** Asks the phones for messages older than all that are here; answers after twenty seconds at the longest. */
      older: (conversation: number) => call<Older>("Past.Older", conversation),
    },
    /** Files that are attached to what is written. */
    attachments: {
      /** Begins to take a file; its bytes follow in pieces, in order. */
      attach: (conversation: number, name: string, size: number) =>
        call<string>("Attachments.Attach", conversation, name, size),
      sendPiece: (id: string, at: number, bytes: ArrayBuffer) => postBytes(`/media/attached/${id}?at=${at}`, bytes),
      /** A picture from a video, before `attached`. */
      sendPoster: (id: string, picture: Blob) => postBytes(`/media/attached/${id}/poster`, picture),
      /** What the file is, once all its bytes are there. */
      attached: (id: string, hints: AttachmentHints) => call<Attachment>("Attachments.Attached", id, hints),
      detach: (id: string) => act("Attachments.Detach", id),
      /** Now, or when a clock in the zone shows the time. */
      sendFile: (conversation: number, file: OutgoingFile, wall: string, zone: string) =>
        call<Message>("Attachments.Send", conversation, file, wall, zone),
    },
    past: {
      /** Tries again what a device could not keep of its phone's history. */
      again: (device: number) => act("Past.Again", device),
    },
    search: {
      messages: (query: SearchQuery) => call<SearchPage>("Search.Messages", query),
      names: (text: string, subaccount: number, limit: number) =>
        call<NamePage>("Search.Names", text, subaccount, limit),
      /** The part of a conversation in which a message stands. */
      around: (conversation: number, message: number, limit: number) =>
        call<Thread>("Search.Around", conversation, message, limit),
      after: (conversation: number, cursor: string, limit: number) =>
        call<Thread>("Search.After", conversation, cursor, limit),
    },
    proxies: {
      get: (device: number) => call<Proxy>("Proxies.Get", device),
      /** Connects through it first, which may take a while. */
      save: (device: number, wish: ProxyWish) => call<ProxyOutcome>("Proxies.Save", device, wish),
      remove: (device: number) => act("Proxies.Remove", device),
    },
    settings: {
      get: () => call<Settings>("Settings.Get"),
      set: (settings: Settings) => call<Settings>("Settings.Set", settings),
    },
    /** What the workspace takes, and room. A subaccount of 0 is all of them. */
    storage: {
      use: () => call<StorageUse>("Storage.Use"),
      /** Tells what would go; nothing goes. */
      try: (subaccount: number, rule: CleanRule) => call<Cleanup>("Storage.Try", subaccount, rule),
      clear: (subaccount: number, rule: CleanRule) => call<Cleanup>("Storage.Clear", subaccount, rule),
      setRule: (subaccount: number, rule: CleanRule) => act("Storage.SetRule", subaccount, rule),
    },
    sleep: {
      rest: () => call<Rest>("Sleep.Rest"),
      sendLate: (messages: readonly number[]) => act("Sleep.SendLate", messages),
      sendAllLate: () => act("Sleep.SendAllLate"),
    },
    /** Refused where a browser shows the interface. */
    desktop: {
      refuge: () => call<Refuge>("Desktop.Refuge"),
      /** As the system has it at this moment. */
      startup: () => call<Startup>("Desktop.Startup"),
      setStartup: (on: boolean) => call<Startup>("Desktop.SetStartup", on),
      quit: () => act("Desktop.Quit"),
    },
    /** Bound only in the demo. Numbers are international, with the plus. */
    demo: {
      state: () => call<DemoState>("Demo.State"),
      addPhone: (name: string, ours: boolean) => call<DemoPhone>("Demo.AddPhone", name, ours),
      scan: (phone: string, device: number) => act("Demo.Scan", phone, device),
      write: (from: string, to: string, text: string) => act("Demo.Write", from, to, text),
      read: (phone: string, peer: string) => act("Demo.Read", phone, peer),
      network: (phone: string, on: boolean) => act("Demo.Network", phone, on),
      unlink: (phone: string) => act("Demo.Unlink", phone),
      takeOver: (phone: string) => act("Demo.TakeOver", phone),
      answers: (phone: string, on: boolean) => act("Demo.Answers", phone, on),
      crowd: (count: number) => call<number>("Demo.Crowd", count),
    },
  };
}
