import { callsOver, type Calls } from "../api/calls";
import { AGAIN_MS, Feed } from "../api/feed";
import { problemOf } from "../api/problem";
import { UNAUTHORIZED, UNREACHABLE } from "../api/socket";
import type { Transport } from "../api/transport";
import type { AppInfo, Change, Device, Problem, Snapshot, Subaccount } from "../api/types";
import { Clock } from "./clock.svelte";
import { Deeds } from "./deeds.svelte";
import { Desktop } from "./desktop.svelte";
import { DemoPhones } from "./demo.svelte";
import { FleetList } from "./fleetList.svelte";
import { Inbox } from "./inbox.svelte";
import { Navigation, type History } from "./navigation.svelte";
import { Notices } from "./notices.svelte";
import { PairingDialog } from "./pairing.svelte";
import { Pasts } from "./pasts.svelte";
import { Preferences } from "./preferences.svelte";
import { RelinkQueue } from "./relink.svelte";
import { Removal } from "./removal.svelte";
import { Rest } from "./rest.svelte";
import { Storage } from "./storage.svelte";
import { SubaccountDialog } from "./subaccountDialog.svelte";
import { Together } from "./together.svelte";
import { Uptimes } from "./uptimes.svelte";
import { Workspace } from "./workspace.svelte";

/** The whole interface's state over one connection to the engine. */
export class Waflow {
  /** What the window is showing; undefined until the engine said so. */
  info = $state.raw<AppInfo | undefined>(undefined);
  /** How often news of a gap came. */
  gapsTold = $state(0);
  /** The first snapshot is here. */
  ready = $state(false);
  /** The engine does not answer: what is shown is the last known state. */
  lost = $state(false);
  /** Why there is nothing to show. */
  problem = $state.raw<Problem | null>(null);

  readonly clock = new Clock();
  readonly workspace = new Workspace();
  readonly notices: Notices;
  readonly navigation: Navigation;
  readonly preferences: Preferences;
  readonly rest: Rest;
  readonly storage: Storage;
  readonly pasts: Pasts;
  readonly subaccountDialog: SubaccountDialog;
  readonly deeds: Deeds;
  readonly fleetList: FleetList;
  readonly uptimes: Uptimes;
  readonly together: Together;
  readonly removal: Removal;
  readonly inbox: Inbox;
  readonly pairing: PairingDialog;
  readonly relink: RelinkQueue;
  readonly desktop: Desktop;
  readonly demo: DemoPhones;
  readonly calls: Calls;

  #transport: Transport;
  #feed: Feed;

  constructor(transport: Transport, window: History) {
    const calls = callsOver(transport);
    this.#transport = transport;
    this.calls = calls;
    this.navigation = new Navigation(window);
    this.notices = new Notices(calls.app);
    this.preferences = new Preferences(calls.settings);
    this.rest = new Rest({ ...calls.sleep, cancel: calls.inbox.cancel });
    this.storage = new Storage(calls.storage);
    this.pasts = new Pasts(calls.past);
    this.fleetList = new FleetList(this.workspace);
    this.uptimes = new Uptimes(calls.timeline);
    this.together = new Together(calls.fleet);
    this.removal = new Removal(calls.fleet, (device) => {
      if (this.navigation.place.device === device.id) this.navigation.closeDevice();
    });
    this.inbox = new Inbox({ ...calls.inbox, ...calls.search, ...calls.attachments });
    const linking = { ...calls.pairing, createDevice: calls.fleet.createDevice };
    this.pairing = new PairingDialog(linking);
    this.relink = new RelinkQueue(linking, (id) => this.workspace.device(id));
    this.desktop = new Desktop(calls.desktop);
    this.demo = new DemoPhones(calls.demo);
    this.subaccountDialog = new SubaccountDialog(calls.fleet, (subaccount) => this.#created(subaccount));
    this.deeds = new Deeds(calls.fleet, {
      link: (device) => void this.pairing.openFor(device),
      open: (device) => this.openDevice(device),
    });
    this.#feed = new Feed(calls.app.snapshot, {
      snapshot: (snapshot, again) => this.#load(snapshot, again),
      changes: (changes, seq) => this.#apply(changes, seq),
      lost: () => void this.#lose(),
      failed: (problem) => this.#failed(problem),
      openDevice: (target) => this.navigation.openDevice(target),
    });
  }

  /** The subaccount in focus, 0 for all. Where there is only one it is always that one. */
  get focus(): number {
    const { subaccounts } = this.workspace;
    const [only] = subaccounts;
    if (subaccounts.length === 1 && only !== undefined) return only.id;
    const { subaccount } = this.navigation.place;
    return this.workspace.subaccount(subaccount) === undefined ? 0 : subaccount;
  }

  /** This computer's clock is far off: the engine measured it, or WhatsApp refused a device for it. */
  get clockWrong(): boolean {
    return this.info?.clockWrong === true || this.workspace.devices.some((device) => device.cause === "clock_wrong");
  }

  /** The devices that wait for a network, if every linked one does that is not paused: then it is this computer that has none. */
  get cutOff(): readonly Device[] {
    const linked = this.workspace.devices.filter(({ linked, cause }) => linked > 0 && cause !== "paused_by_operator");
    return linked.every((device) => device.cause === "network_down") ? linked : [];
  }

  /** The device whose page is open; undefined when none is, or when it is gone. */
  get openedDevice(): Device | undefined {
    const { view, device } = this.navigation.place;
    return view === "fleet" && device !== 0 ? this.workspace.device(device) : undefined;
  }

  /** The device whose dialog shows a code right now; 0 when none does. */
  get showingCode(): number {
    const dialog = this.relink.open ? this.relink.pairing : this.pairing;
    return dialog.step?.kind === "showing" || dialog.step?.kind === "code" ? dialog.device : 0;
  }

  /** Nothing has been created yet: the welcome page is shown. */
  get fresh(): boolean {
    return this.ready && this.workspace.subaccounts.length === 0;
  }

  /** Asks what there is and follows how it changes. The function returned stops it. */
  start(): () => void {
    const stops = [this.navigation.follow()];
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = async (): Promise<void> => {
      const began = await this.#begin();
      if (stopped) return;
      if (began) stops.push(this.#feed.start(this.#transport));
      else if (this.problem?.code === UNREACHABLE) timer = setTimeout(() => void begin(), AGAIN_MS);
    };
    void begin();
    return () => {
      stopped = true;
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }

  /** Asks again, after there was nothing to show. */
  retry(): void {
    location.reload();
  }

  openDevice(device: Device): void {
    this.navigation.openDevice({ subaccount: device.subaccount, device: device.id });
  }

  /** Opens the dialog that links a number, for the subaccount in focus; asks for a subaccount first where there is none. */
  link(subaccount = this.focus): void {
    const whose = subaccount === 0 ? this.workspace.subaccounts[0]?.id : subaccount;
    if (whose === undefined) this.subaccountDialog.create();
    else this.pairing.openNew(whose);
  }

  // Returns whether there is a workspace to follow.
  async #begin(): Promise<boolean> {
    try {
      this.info = await this.calls.app.info();
      this.inbox.files.shownBy(this.info);
      this.problem = null;
      return this.info.problem === null;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  #load(snapshot: Snapshot, again: boolean): void {
    this.workspace.load(snapshot);
    this.preferences.load(snapshot.settings);
    this.rest.load(snapshot.rest);
    this.pasts.load(snapshot.history);
    this.notices.load(snapshot.notices, snapshot.noticesRead);
    this.lost = false;
    this.problem = null;
    if (again) {
      this.#link(snapshot.pairings.map((value) => ({ topic: "pairing", id: value.device, gone: false, value })));
      void this.inbox.reload();
      if (this.info?.demo) void this.demo.load();
    } else {
      this.navigation.begin(this.#beginning());
    }
    this.ready = true;
  }

  #apply(changes: readonly Change[], seq: number): void {
    const connected = changes.some((change) => this.#connects(change));
    if (changes.some((change) => this.#turns(change))) this.uptimes.changed();
    if (changes.some(({ topic }) => topic === "gap")) this.gapsTold++;
    this.workspace.apply(changes);
    this.preferences.apply(changes);
    this.rest.apply(changes);
    this.pasts.apply(changes);
    this.notices.apply(changes, this.info?.mode === "serve");
    this.inbox.apply(changes, seq);
    this.#link(changes);
    this.demo.apply(changes);
    if (connected) void this.#lookAtTheClock();
  }

  // Whether figures of the past are others than before: by a device's status or its cause, or by business hours.
  #turns({ topic, id, gone, value }: Change): boolean {
    if (topic === "subaccount") return true;
    if (topic !== "device" || gone) return false;
    const before = this.workspace.device(id);
    const { cause, since } = value as Device;
    return before?.cause !== cause || before.since !== since;
  }

  #link(changes: readonly Change[]): void {
    this.pairing.apply(changes);
    this.relink.apply(changes);
  }

  #connects({ topic, id, gone, value }: Change): boolean {
    if (topic !== "device" || gone) return false;
    return (value as Device).status === "connected" && this.workspace.device(id)?.status !== "connected";
  }

  // WhatsApp tells the time with each connection, so whether this computer's clock is right is known after one.
  async #lookAtTheClock(): Promise<void> {
    try {
      this.info = await this.calls.app.info();
    } catch {
      // An engine that does not answer is noticed by the feed, which says so and asks again.
    }
  }

  // A connection that breaks does not say why: asking does. An engine that was started anew takes only its new address.
  async #lose(): Promise<void> {
    this.lost = true;
    try {
      await this.calls.app.info();
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === UNAUTHORIZED) this.problem = problem;
    }
  }

  #failed(problem: Problem): void {
    if (this.ready) this.lost = true;
    else this.problem = problem;
  }

  // With one number there is nothing to oversee: the inbox comes first.
  #beginning() {
    const linked = this.workspace.devices.filter((device) => device.slot > 0).length;
    const view = linked === 1 ? ("inbox" as const) : ("fleet" as const);
    return { view, subaccount: 0, device: 0 };
  }

  #created(subaccount: Subaccount): void {
    this.workspace.apply([{ topic: "subaccount", id: subaccount.id, gone: false, value: subaccount }]);
    this.navigation.focus(subaccount.id);
    this.pairing.openNew(subaccount.id);
  }
}
